/** jq's command line. jq: main.c. */
import { ParseError, parseOne } from './read-json.ts';
import type { Json } from './value.ts';

export interface JqRequest {
  readonly program: string;
  readonly files: readonly string[];
  /** What one level is set in by; null for one line. */
  readonly indent: string | null;
  readonly rawOutput: boolean;
  /** No newline behind a value. */
  readonly joined: boolean;
  readonly sorted: boolean;
  /** Undefined: on a terminal only. */
  readonly colour: boolean | undefined;
  readonly exitStatus: boolean;
  readonly nullInput: boolean;
  readonly slurp: boolean;
  /** Lines of text are the values. */
  readonly raw: boolean;
  readonly variables: ReadonlyMap<string, Json>;
}

/** What to print instead of running, and the exit code. */
export interface Refusal {
  readonly say: string;
  readonly code: number;
}

const usage = `Usage:	jq [OPTIONS] FILTER [FILES...]
	jq [OPTIONS] -n FILTER

jq is a tool for processing JSON inputs, applying the given filter to
its JSON text inputs and producing the filter's results as JSON on
standard output.
`;
const seeHelp = `Use jq --help for help with command-line options,
or see the jq manpage, or online docs  at https://jqlang.github.io/jq
`;

const long: Readonly<Record<string, string>> = {
  'compact-output': 'c',
  'raw-output': 'r',
  'join-output': 'j',
  'sort-keys': 'S',
  'color-output': 'C',
  'monochrome-output': 'M',
  'exit-status': 'e',
  'null-input': 'n',
  slurp: 's',
  'raw-input': 'R',
  tab: 't',
  help: 'h',
  version: 'V',
};
const letters = new Set('crjSCMensRhV');

/** Reads the words behind the program's name. */
export function parseArguments(words: readonly string[]): JqRequest | Refusal {
  const given = new Set<string>();
  const operands: string[] = [];
  const variables = new Map<string, Json>();
  let spaces = 2;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--arg' || word === '--argjson') {
      const kind = word === '--arg' ? 'value' : 'text';
      const [name, text] = [words[at + 1], words[at + 2]];
      if (name === undefined || text === undefined)
        return {
          say: `jq: ${word} takes two parameters (e.g. ${word} varname ${kind})\n${seeHelp}`,
          code: 2,
        };
      const value = word === '--arg' ? text : jsonOr(text);
      if (value === undefined) return { say: `jq: Invalid JSON text passed to --argjson\n${seeHelp}`, code: 2 };
      variables.set(name, value);
      at += 2;
    } else if (word === '--indent') {
      spaces = Number(words[(at += 1)] ?? '');
      if (!(spaces >= 0 && spaces <= 7))
        return {
          say: `jq: Cannot indent ${spaces < 0 ? 'less than zero' : 'more than 7 characters'}\n${seeHelp}`,
          code: 2,
        };
    } else if (word.startsWith('--') && word !== '--') {
      const letter = long[word.slice(2)];
      if (letter === undefined) return { say: `jq: Unknown option: ${word}\n${seeHelp}`, code: 2 };
      given.add(letter);
    } else if (/^-[A-Za-z]/.test(word)) {
      const wrong = Array.from(word.slice(1)).some((letter) => !letters.has(letter));
      if (wrong) return { say: `jq: Unknown option: ${word}\n${seeHelp}`, code: 2 };
      for (const letter of word.slice(1)) given.add(letter);
    } else if (word !== '--') operands.push(word);
  }
  if (given.has('h')) return { say: usage, code: 0 };
  if (given.has('V')) return { say: 'jq-1.7.1\n', code: 0 };
  const [program = '.', ...files] = operands;
  if (operands.length === 0 && words.length === 0) return { say: `${usage}\n`, code: 2 };
  return {
    program,
    files,
    indent: given.has('c') || spaces === 0 ? null : given.has('t') ? '\t' : ' '.repeat(spaces),
    rawOutput: given.has('r') || given.has('j'),
    joined: given.has('j'),
    sorted: given.has('S'),
    colour: given.has('C') ? true : given.has('M') ? false : undefined,
    exitStatus: given.has('e'),
    nullInput: given.has('n'),
    slurp: given.has('s'),
    raw: given.has('R'),
    variables,
  };
}

function jsonOr(text: string): Json | undefined {
  try {
    return parseOne(text);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
