/**
 * Scenario files: a session at the simulated host, written down so that a person can read it and a machine can play it.
 * The format is described in src/scenarios/README.md.
 */
import { parseDuration } from './duration.ts';

/** One thing that a scenario does or demands. `line` is where it stands in the file, from 1. */
export type Step =
  /** Types a line into a terminal, Enter included; `$` waits until the prompt is back, `>` for a second. */
  | {
      readonly type: 'command';
      readonly line: number;
      readonly terminal: number;
      readonly text: string;
      readonly stays: boolean;
    }
  /** Presses a key or writes text without Enter. */
  | { readonly type: 'keys'; readonly line: number; readonly terminal: number; readonly keys: string }
  /** Lets virtual time pass. */
  | { readonly type: 'wait'; readonly line: number; readonly ns: number }
  /** The terminal must have answered this text to the last command typed there; or, with `absent`, must not. */
  | {
      readonly type: 'expect';
      readonly line: number;
      readonly terminal: number;
      readonly text: string;
      readonly absent: boolean;
    };

export interface Scenario {
  /** The first comment: what it is about. */
  readonly title: string;
  readonly seed: number | undefined;
  /** Images that are there from the beginning; others are pulled. */
  readonly images: readonly string[];
  readonly steps: readonly Step[];
}

export interface ScenarioError {
  readonly line: number;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** The first line of a scenario file, by which it is told from a shell script. */
const isScenarioLine = /^# scenario: */;

const forms = '$ COMMAND, > COMMAND, key NAME, type TEXT, wait DURATION, expect TEXT, refuse TEXT';

const keyCodes: Readonly<Record<string, string>> = {
  Enter: '\r',
  Tab: '\t',
  Escape: '\x1b',
  Up: '\x1b[A',
  Down: '\x1b[B',
  Backspace: '\x7f',
};

/** Whether a file is a scenario: its first line says so. */
export function isScenario(text: string): boolean {
  return isScenarioLine.test(text);
}

/** Reads a scenario; or says what is wrong, for the first line that is. */
export function parseScenario(text: string): Scenario | ScenarioError {
  const lines = text.split('\n');
  if (!isScenario(text)) return { line: 1, message: 'the first line has to be "# scenario: WHAT IT IS ABOUT"' };
  const title = (lines[0] ?? '').replace(isScenarioLine, '').trim();
  let seed: number | undefined;
  let images: readonly string[] = [];
  const steps: Step[] = [];
  for (const [index, raw] of lines.entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const setting = /^(seed|images)\s+(.+)$/.exec(content);
    if (setting?.[1] === 'seed') {
      seed = Number(setting[2]);
      if (!Number.isInteger(seed) || seed < 0) return { line: index + 1, message: 'seed takes a whole number' };
    } else if (setting?.[1] === 'images') images = (setting[2] ?? '').split(/\s+/);
    else {
      const step = stepOf(content, index + 1);
      if ('message' in step) return step;
      steps.push(step);
    }
  }
  return { title, seed, images, steps };
}

function stepOf(content: string, line: number): Step | ScenarioError {
  const [, prefix = '', rest = ''] = /^(\d*)(.*)$/.exec(content) ?? [];
  const terminal = prefix === '' ? 1 : Number(prefix);
  if (terminal < 1 || terminal > 9) return { line, message: 'terminals are numbered from 1 to 9' };
  if (/^[$>]/.test(rest))
    return { type: 'command', line, terminal, text: rest.slice(1).trim(), stays: rest.startsWith('>') };
  const [, word = '', argument = ''] = /^\s*(\w+)\s+(.*)$/.exec(rest) ?? [];
  switch (word) {
    case 'key':
    case 'type':
      return keysOf(word, argument, terminal, line);
    case 'wait': {
      const ns = parseDuration(argument);
      return ns === undefined
        ? { line, message: `wait takes a duration like 10s or 500ms, not "${argument}"` }
        : { type: 'wait', line, ns };
    }
    case 'expect':
    case 'refuse':
      return { type: 'expect', line, terminal, text: argument, absent: word === 'refuse' };
    default:
      return { line, message: `"${content}" is no line of a scenario: ${forms}` };
  }
}

function keysOf(word: 'key' | 'type', argument: string, terminal: number, line: number): Step | ScenarioError {
  if (word === 'type') return { type: 'keys', line, terminal, keys: argument };
  const control = /^Ctrl-([A-Z\\])$/i.exec(argument)?.[1];
  const keys =
    control === undefined ? keyCodes[argument] : String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f);
  if (keys === undefined)
    return { line, message: `no key "${argument}": Ctrl-C and its kin, or ${Object.keys(keyCodes).join(', ')}` };
  return { type: 'keys', line, terminal, keys };
}
