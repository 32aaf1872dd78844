/** tini's command line. https://github.com/krallin/tini, src/tini.c, parse_args() and parse_env(). */
import { signalNumbers } from '../../kernel/abi.ts';
import type { Environment, SignalName } from '../../kernel/abi.ts';
import { parseOptions } from '../tools/options.ts';

export interface TiniOptions {
  readonly command: readonly string[];
  /** 0: fatal errors; 1: warnings; 2: what it does; 3: each signal and child; 4: all. */
  readonly verbosity: number;
  readonly subreaper: boolean;
  readonly warnsOnReap: boolean;
  readonly signalsGroup: boolean;
  readonly parentDeathSignal: SignalName | null;
  /** Codes that it ends with 0 instead of. */
  readonly remapped: ReadonlySet<number>;
}

/** What is said instead of running anything: on standard output when it was asked for, in the log when it is fatal. */
export interface Answer {
  readonly text: string;
  readonly kind: 'asked for' | 'refusal' | 'fatal';
}

/** Options are taken wherever they stand, up to `--`. */
export function readOptions([name = '', ...words]: readonly string[], env: Environment): TiniOptions | Answer {
  if (words.length === 1 && words[0] === '--version') return { text: `${versionText}\n`, kind: 'asked for' };
  const base = name.slice(name.lastIndexOf('/') + 1);
  const options = parseOptions(words, 'hvsgwle:p:');
  if (typeof options === 'string') {
    const complaint = options.startsWith('unrecognized') ? "invalid option -- '-'" : options;
    return { text: `${name}: ${complaint}\n${helpOf(base)}`, kind: 'refusal' };
  }
  if (options.has('h')) return { text: helpOf(base), kind: 'asked for' };
  if (options.has('l')) return { text: licence, kind: 'asked for' };
  const given = (letter: string): readonly string[] =>
    options.all.filter(([one]) => one === letter).map(([, value]) => value);
  for (const [letter, isValid] of [
    ['p', isSignal],
    ['e', isExitCode],
  ] as const) {
    const wrong = given(letter).find((value) => !isValid(value));
    if (wrong !== undefined) return { text: `Not a valid option for -${letter}: ${wrong}`, kind: 'fatal' };
  }
  if (options.operands.length === 0) return { text: helpOf(base), kind: 'refusal' };
  const [signal = null] = given('p').filter(isSignal).toReversed();
  return {
    command: options.operands,
    verbosity: Number(env['TINI_VERBOSITY'] ?? 1 + given('v').length),
    subreaper: options.has('s') || env['TINI_SUBREAPER'] !== undefined,
    warnsOnReap: options.has('w'),
    signalsGroup: options.has('g') || env['TINI_KILL_PROCESS_GROUP'] !== undefined,
    parentDeathSignal: signal,
    remapped: new Set(given('e').map(Number)),
  };
}

const isSignal = (word: string): word is SignalName => word in signalNumbers;
const isExitCode = (word: string): boolean => /^\d+$/.test(word) && Number(word) <= 255;

const versionText = 'tini version 0.19.0';

const helpOf = (name: string): string => `${name} (${versionText})
Usage: ${name} [OPTIONS] PROGRAM -- [ARGS] | --version

Execute a program under the supervision of a valid init process (${name})

Command line options:

  --version: Show version and exit.
  -h: Show this help message and exit.
  -s: Register as a process subreaper (requires Linux >= 3.4).
  -p SIGNAL: Trigger SIGNAL when parent dies, e.g. "-p SIGKILL".
  -v: Generate more verbose output. Repeat up to 3 times.
  -w: Print a warning when processes are getting reaped.
  -g: Send signals to the child's process group.
  -e EXIT_CODE: Remap EXIT_CODE (from 0 to 255) to 0.
  -l: Show license and exit.

Environment variables:

  TINI_SUBREAPER: Register as a process subreaper (requires Linux >= 3.4).
  TINI_VERBOSITY: Set the verbosity level (default: 1).
  TINI_KILL_PROCESS_GROUP: Send signals to the child's process group.

`;

const licence = `The MIT License (MIT)

Copyright (c) 2015 Thomas Orozco <thomas@orozco.fr>

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.
`;
