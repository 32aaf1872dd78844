/**
 * Command lines and help as the Go programs of containerd and runc have them. urfave/cli v1: flag.go, template.go; Go:
 * the flag package.
 */
import { goQuote } from './go-text.ts';
import { parseDuration } from './docker/duration.ts';
import { tabulate } from './docker/tabwriter.ts';

/** Option: its names (the first counts), what it takes, and its line in the help. */
export type Flag = readonly [names: string, takes: 'switch' | 'text' | 'number' | 'list' | 'duration', usage: string];

/** A command line that cannot be read; `where` is the command whose help belongs to it, '' for the program itself. */
export class UsageError extends Error {
  readonly where: string;
  constructor(message: string, where: string) {
    super(message);
    this.where = where;
  }
}

/** Values by the option's first name; of several the last counts, all are in `lists` where several may come. */
export interface ParsedFlags {
  readonly values: Record<string, string>;
  readonly lists: Record<string, string[]>;
  readonly args: string[];
}

/**
 * @param reorders whether the command's own options may stand behind arguments: of programs and groups they may not.
 *   Throws a UsageError.
 */
export function parseFlags(
  given: readonly string[],
  known: readonly Flag[],
  where: string,
  reorders: boolean,
): ParsedFlags {
  const words = reorders ? reordered(given, known) : given;
  const parsed: ParsedFlags = { values: {}, lists: {}, args: [] };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '-' || word === '--' || !word.startsWith('-')) {
      parsed.args.push(...words.slice(word === '--' ? at + 1 : at));
      break;
    }
    const [name = '', inline] = nameAndValue(word);
    const flag = known.find(([names]) => names.split(' ').includes(name));
    if (flag === undefined) throw new UsageError(`flag provided but not defined: -${name}`, where);
    let value = inline;
    if (value === undefined && flag[1] === 'switch') value = 'true';
    if (value === undefined) value = words[(at += 1)];
    if (value === undefined) throw new UsageError(`flag needs an argument: -${name}`, where);
    keep(parsed, flag, value, name, where);
  }
  return parsed;
}

const nameAndValue = (word: string): readonly string[] => word.replace(/^--?/, '').split(/=(.*)/s);

/**
 * Options that the command knows come first, each with the word behind it, which may be its value. urfave/cli:
 * command.go, reorderArgs().
 */
function reordered(words: readonly string[], known: readonly Flag[]): readonly string[] {
  const names = known.flatMap(([all]) => all.split(' '));
  const [first, rest]: readonly [string[], string[]] = [[], []];
  let mayBeValue = false;
  for (const [at, word] of words.entries()) {
    if (word === '--') {
      rest.push(...words.slice(at));
      break;
    }
    const isOption = word.startsWith('-') && names.includes(nameAndValue(word)[0] ?? '');
    if (isOption || mayBeValue) first.push(word);
    else rest.push(word);
    mayBeValue = isOption && !word.includes('=');
  }
  return [...first, ...rest];
}

function keep({ values, lists }: ParsedFlags, [names, takes]: Flag, value: string, given: string, where: string): void {
  const wrongSwitch = takes === 'switch' && !truthValues.includes(value);
  if (wrongSwitch) throw new UsageError(`invalid boolean value ${goQuote(value)} for -${given}: parse error`, where);
  const wrong =
    (takes === 'number' && !/^[+-]?\d+$/.test(value)) ||
    (takes === 'duration' && typeof parseDuration(value) !== 'number');
  if (wrong) throw new UsageError(`invalid value ${goQuote(value)} for flag -${given}: parse error`, where);
  const name = names.split(' ')[0] ?? names;
  values[name] = takes === 'switch' ? String(truthValues.indexOf(value) < 6) : value;
  if (takes === 'list') (lists[name] ??= []).push(value);
}

/** Go: strconv.ParseBool(); the first six are true. */
const truthValues: readonly string[] = [
  ...['1', 't', 'T', 'TRUE', 'true', 'True'],
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'],
];

/** Lines of a help, without their indent: names, a tab, the usage. */
export function flagRows(flags: readonly Flag[]): readonly string[] {
  return flags.map(([names, takes, usage]) => {
    const value = takes === 'switch' ? '' : ' value';
    const spelled = names.split(' ').map((name) => `${name.length === 1 ? '-' : '--'}${name}${value}`);
    return `${spelled.join(', ')}\t${usage}`;
  });
}

/** Lays lines out. One without a tab ends a column: a text of several lines stands apart from those after it. */
export function tabulateBlocks(rows: readonly string[]): string {
  const blocks: string[][] = [[]];
  for (const row of rows) {
    blocks.at(-1)?.push(row);
    if (row.includes('\n')) blocks.push([]);
  }
  return blocks.map((block) => tabulate(block, { leastWidth: 1, padding: 2 })).join('');
}
