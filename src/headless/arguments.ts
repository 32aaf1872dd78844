/** The command line of `glassdock`. */
import { parseArgs } from 'node:util';
import { parseDuration } from '../host/duration.ts';

export interface RunArguments {
  readonly type: 'run';
  readonly seed: number;
  readonly journal: string | undefined;
  readonly report: string | undefined;
  readonly story: string | undefined;
  readonly forNs: number;
  /** The same as it was written. */
  readonly forText: string;
  readonly source:
    | { readonly type: 'commands'; readonly text: string }
    | { readonly type: 'script'; readonly path: string };
}
export type Arguments =
  | RunArguments
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'error'; readonly message: string };

const longest = '24h';
const largestSeed = 0xffff_ffff;

export const usage = `Usage: glassdock run [OPTIONS] (-c 'COMMANDS' | SCRIPT | SCENARIO)

Runs a simulated Docker host, with the commands in its shell; or plays a scenario,
a file whose first line is '# scenario: …' (src/scenarios/README.md).

Options:
  -c 'COMMANDS'     What the shell is to run; several lines are fine
  --seed N          Decides ids and names (default 1)
  --journal FILE    Writes all that happened, as JSON Lines
  --report FILE     Writes what there is at the end and how it came to be, as JSON
  --story FILE      Writes what happened as prose, a sentence for each moment
  --for DURATION    Stops a foreground that never ends: virtual time, like 1m30s or 500ms (default 24h)
  -h, --help        This text
  --version         The version
`;

/** What the words ask for, or a sentence that says what is wrong with them. */
export function parseArguments(words: readonly string[]): Arguments {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        c: { type: 'string', short: 'c', multiple: true },
        seed: { type: 'string' },
        journal: { type: 'string' },
        report: { type: 'string' },
        story: { type: 'string' },
        for: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    return wrong(firstSentence(error instanceof Error ? error.message : String(error)));
  }
  const { values, positionals } = parsed;
  if (values.help === true || words.length === 0) return { type: 'help' };
  if (values.version === true) return { type: 'version' };
  const [verb, script, ...rest] = positionals;
  if (verb !== 'run') return wrong(`'${verb ?? ''}' is not a glassdock command; there is one: run`);
  if (rest.length > 0) return wrong(`one script at a time: ${rest.join(' ')} is too much`);
  const [commands, ...others] = values.c ?? [];
  if (others.length > 0) return wrong('-c may be given once; several lines in it are fine');
  if ((commands === undefined) === (script === undefined)) return wrong("give either -c 'COMMANDS' or a SCRIPT");
  const seed = Number(values.seed ?? 1);
  if (!/^\d+$/.test(values.seed ?? '1') || seed > largestSeed)
    return wrong(`--seed takes a whole number from 0 to ${largestSeed}, not '${values.seed}'`);
  const forText = values.for ?? longest;
  const forNs = parseDuration(forText);
  if (forNs === undefined) return wrong(`--for takes a duration like 1m30s or 500ms, not '${values.for}'`);
  return {
    type: 'run',
    seed,
    forNs,
    forText,
    journal: values.journal,
    report: values.report,
    story: values.story,
    source: commands !== undefined ? { type: 'commands', text: commands } : { type: 'script', path: script ?? '' },
  };
}

/** Node's own words, less its advice about words that begin with a dash and the long name that `-c` has inside. */
function firstSentence(message: string): string {
  return message
    .replace(/(\. To specify|\nDid you forget)[^]*$/, '')
    .replace(/argument is ambiguous\.?$/, 'needs a value, and what follows it begins with a dash')
    .replace('-c, --c <value>', '-c')
    .replace('-h, --help', '--help');
}

function wrong(message: string): Arguments {
  return { type: 'error', message };
}
