/** runc's command line: global options, a verb, its options, and arguments. */
import { RuncError } from './error.ts';

export interface RuncOptions {
  /** `--root`: where each container has its state directory. */
  readonly root: string;
  /** `--log`; empty: none. */
  readonly log: string;
  readonly logFormat: 'text' | 'json';
  readonly systemdCgroup: boolean;
  readonly verb: string;
  /** The verb's options without dashes; flags without a value are `true`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

const withValue = new Set([
  'root',
  'log',
  'log-format',
  'bundle',
  'b',
  'pid-file',
  'console-socket',
  'process',
  'resources',
  'r',
  'p',
  'format',
  'f',
  'cwd',
]);

/** Reads argv. Throws a RuncError when there is no verb, or an option lacks its value. */
export function parseOptions(argv: readonly string[]): RuncOptions {
  const global: Record<string, string> = {};
  const flags: Record<string, string> = {};
  const args: string[] = [];
  let verb = '';
  for (let index = 1; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (!word.startsWith('-') || args.length > 0) {
      if (verb === '') verb = word;
      else args.push(word);
      continue;
    }
    const [name = '', inline] = word.replace(/^--?/, '').split(/=(.*)/s);
    let value = inline ?? 'true';
    if (withValue.has(name) && inline === undefined) {
      index += 1;
      const next = argv[index];
      if (next === undefined) throw new RuncError(`flag needs an argument: ${word}`);
      value = next;
    }
    (verb === '' ? global : flags)[name] = value;
  }
  if (verb === '') throw new RuncError('glassdock: runc without a command is not modelled yet');
  return {
    root: global['root'] ?? '/run/runc',
    log: global['log'] ?? '',
    logFormat: global['log-format'] === 'json' ? 'json' : 'text',
    systemdCgroup: global['systemd-cgroup'] === 'true',
    verb,
    flags,
    args,
  };
}
