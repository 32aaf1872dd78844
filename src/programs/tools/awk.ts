/**
 * awk, its everyday corner: `-F`, `-v`, rules of a pattern (regular expression, comparison, BEGIN, END) and print or
 * printf of fields.
 */
import type { Program, Running } from '../../kernel/abi.ts';
import { complain, print } from '../io.ts';
import { compileAwk, type AwkRule } from './awk-program.ts';
import { AwkError } from './awk-tokens.ts';
import { cannotOpen } from './inputs.ts';
import { linesOfInputs } from './lines.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';
import { compilePattern, PatternError } from './regular-expression.ts';

/** What a rule sees. */
export interface AwkState {
  readonly variables: Map<string, string | number>;
  fields: string[];
  line: string;
  output: string;
}

export const awk = (flavour: Flavour): Program =>
  function* awkMain(argv): Running {
    try {
      return yield* runAwk(flavour, argv);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      if (flavour === 'gnu') yield* complain('mawk', 'line 1: regular expression compile failed');
      else yield* complain('awk', `bad regex: ${error.message}`);
      return flavour === 'gnu' ? 2 : 1;
    }
  };

function* runAwk(flavour: Flavour, argv: readonly string[]): Running {
  const options = parseOptions(argv.slice(1), '+F:v:f:', {});
  if (typeof options === 'string') return yield* refuseOptions('awk', options, flavour, 2);
  const [text, ...files] = options.operands;
  if (text === undefined || options.has('f')) {
    yield* complain('glassdock', options.has('f') ? 'awk -f is not modelled yet' : 'awk needs a program');
    return 2;
  }
  let rules: readonly AwkRule[];
  try {
    rules = compileAwk(text);
  } catch (error) {
    if (!(error instanceof AwkError)) throw error;
    yield* complain('glassdock', `awk: ${error.message} is not modelled yet`);
    return 2;
  }
  const state: AwkState = {
    variables: new Map<string, string | number>([
      ['FS', unescape(options.values.get('F') ?? ' ')],
      ['OFS', ' '],
      ['NR', 0],
    ]),
    fields: [],
    line: '',
    output: '',
  };
  for (const [letter, value] of options.all) {
    const at = value.indexOf('=');
    if (letter === 'v' && at > 0) state.variables.set(value.slice(0, at), value.slice(at + 1));
  }
  runRules(rules, 'BEGIN', state);
  const needsInput = rules.some(({ when }) => when !== 'BEGIN');
  const lines = linesOfInputs('awk', files, (path, words) =>
    cannotOpen(flavour, (name) => `cannot open "${name}"`, path, words),
  );
  for (let block = needsInput ? yield* lines.next() : null; block !== null; block = yield* lines.next()) {
    for (const line of block) runLine(rules, line, state);
    yield* flush(state);
  }
  runRules(rules, 'END', state);
  yield* flush(state);
  return lines.hasFailed() ? 2 : 0;
}

function runLine(rules: readonly AwkRule[], line: string, state: AwkState): void {
  state.line = line;
  state.fields = splitLine(line, String(state.variables.get('FS')));
  state.variables.set('NR', Number(state.variables.get('NR')) + 1);
  state.variables.set('NF', state.fields.length);
  runRules(rules, 'line', state);
}

function* flush(state: AwkState): Running<void> {
  yield* print(state.output);
  state.output = '';
}

function unescape(text: string): string {
  return text.replaceAll('\\t', '\t');
}

function splitLine(line: string, separator: string): string[] {
  if (separator === ' ') return line.split(/[ \t\n]+/).filter((field) => field !== '');
  if (line === '') return [];
  return line.split(separator.length === 1 ? separator : compilePattern(separator, 'extended'));
}

function runRules(rules: readonly AwkRule[], when: AwkRule['when'], state: AwkState): void {
  for (const rule of rules) {
    if (rule.when === when && rule.test(state)) for (const action of rule.actions) action(state);
  }
}
