/** Tab after `docker`: which words could stand where the cursor is. Reads the table of commands and flags. */
import type { Command, Flag } from './command.ts';
import { commandGroups, commands, commandSpelled, globalFlags, groupNamed, helpFlag } from './flags.ts';

/** What dockerd has, by name. */
export interface DockerNames {
  readonly containers: readonly { readonly name: string; readonly isRunning: boolean }[];
  /** `nginx`, `redis:7`: `:latest` goes without saying. */
  readonly images: readonly string[];
}

/**
 * Candidates for the last word, in order; whole words that begin with it.
 *
 * @param words what stands after `docker`, the word to complete last (it may be empty).
 */
export function completeDocker(words: readonly string[], names: DockerNames): readonly string[] {
  const word = words.at(-1) ?? '';
  const [spelling, rest] = spelledBy(words.slice(0, -1));
  const command = commandSpelled(spelling);
  if (command === undefined) {
    if (word.startsWith('-') && spelling === '') return fitting(flagWords(globalFlags, word), word);
    return rest.some((other) => !other.startsWith('-')) ? [] : subcommands(spelling, word);
  }
  const { count, isValue } = argumentsIn(command, rest);
  const isOver = !command.interspersed && count > 0;
  if (isValue) return [];
  if (word.startsWith('-') && !isOver) return fitting(flagWords(command.flags, word), word);
  return fitting(argumentsOf(command, count, names), word);
}

/** The longest command or group that the words begin with, and what is left of them. */
function spelledBy(words: readonly string[]): readonly [spelling: string, rest: readonly string[]] {
  const plain = words.slice(globalsIn(words));
  let length = 0;
  for (let end = 1; end <= plain.length; end += 1) {
    const spelling = plain.slice(0, end).join(' ');
    if (commandSpelled(spelling) !== undefined || groupNamed(spelling) !== undefined) length = end;
  }
  return [plain.slice(0, length).join(' '), plain.slice(length)];
}

/** How many words before the command are docker's own flags and their values. */
function globalsIn(words: readonly string[]): number {
  let index = 0;
  while (words[index]?.startsWith('-') === true) index += takesNext(globalFlags, words[index] ?? '') ? 2 : 1;
  return index;
}

/** What can follow `docker` or a group's name. What is modelled comes alone, unless only something else fits. */
function subcommands(parent: string, word: string): readonly string[] {
  const prefix = parent === '' ? '' : `${parent} `;
  const under = (some: readonly Command[]): readonly string[] =>
    some
      .flatMap(({ spellings }) => spellings)
      .filter((spelling) => spelling.startsWith(prefix))
      .map((spelling) => spelling.slice(prefix.length).split(' ')[0] ?? '');
  const modelled = fitting(under(commands.filter(({ support }) => support === 'whole')), word);
  if (modelled.length > 0) return modelled;
  const groups = commandGroups.map(({ name }) => name).filter((name) => prefix === '' && !name.includes(' '));
  return fitting([...under(commands), ...groups], word);
}

/** How many arguments stand there already, and whether the next word is a flag's value. */
function argumentsIn(
  command: Command,
  words: readonly string[],
): { readonly count: number; readonly isValue: boolean } {
  let count = 0;
  let isValue = false;
  for (const word of words) {
    const isOver = !command.interspersed && count > 0;
    if (isValue) isValue = false;
    else if (word.startsWith('-') && !isOver) isValue = takesNext(command.flags, word);
    else count += 1;
  }
  return { count, isValue };
}

/** Whether a flag's value is the next word: `--name web`, `-e A=b`; not `--name=web`, `-eA=b`, `-it`. */
function takesNext(flags: readonly Flag[], word: string): boolean {
  if (word.includes('=')) return false;
  if (word.startsWith('--')) return flags.some(({ name, kind }) => name === word.slice(2) && kind !== 'bool');
  const letters = word.slice(1).split('');
  const first = letters.findIndex((letter) =>
    flags.some(({ shorthand, kind }) => shorthand === letter && kind !== 'bool'),
  );
  return first !== -1 && first === letters.length - 1;
}

function flagWords(flags: readonly Flag[], word: string): readonly string[] {
  const shown = [...flags, { ...helpFlag, hidden: false }].filter(({ hidden }) => !hidden);
  if (word === '-') return shown.filter(({ shorthand }) => shorthand !== '').map(({ shorthand }) => `-${shorthand}`);
  return shown.map(({ name }) => `--${name}`);
}

const needRunning: ReadonlySet<string> = new Set(['attach', 'exec', 'kill', 'pause', 'stop', 'top', 'unpause']);

/** Names that fit the command: containers that it can act on, images. */
function argumentsOf(
  { spellings, usage, arity, interspersed }: Command,
  count: number,
  names: DockerNames,
): readonly string[] {
  const verb = spellings[0]?.split(' ').at(-1) ?? '';
  const isMore = count < arity.most && (interspersed || count === 0);
  if (!isMore) return [];
  const images = names.images;
  const containers = names.containers
    .filter(({ isRunning }) => isRunning || !needRunning.has(verb))
    .filter(({ isRunning }) => !isRunning || verb !== 'start')
    .map(({ name }) => name);
  if (/\bNAME\|ID\b/.test(usage) && spellings.includes('inspect')) return [...containers, ...images];
  if (/\bCONTAINER\b/.test(usage)) return containers;
  return /\b(SOURCE_)?IMAGE\b/.test(usage) ? images : [];
}

function fitting(candidates: readonly string[], word: string): readonly string[] {
  return [...new Set(candidates)].filter((candidate) => candidate.startsWith(word)).sort();
}
