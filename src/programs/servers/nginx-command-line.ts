/** nginx's command line. Source: nginx.org/en/docs/switches.html, src/core/nginx.c. */
import type { SignalName } from '../../kernel/abi.ts';

export const version = 'nginx/1.29.3';
export const compiler = 'built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1) ';

/** What a call of nginx is to do. */
export type Request =
  | { readonly type: 'serve'; readonly inForeground: boolean }
  /** Words for standard error, and the exit code. */
  | { readonly type: 'say'; readonly text: string; readonly status: number }
  | { readonly type: 'test'; readonly isQuiet: boolean; readonly dumps: boolean }
  | { readonly type: 'signal'; readonly signal: SignalName };

const signals: Readonly<Record<string, SignalName>> = {
  stop: 'SIGTERM',
  quit: 'SIGQUIT',
  reopen: 'SIGUSR1',
  reload: 'SIGHUP',
};

const wanted: Readonly<Record<string, string>> = {
  p: 'option "-p" requires directory name',
  e: 'option "-e" requires file name',
  c: 'option "-c" requires file name',
  g: 'option "-g" requires parameter',
  s: 'option "-s" requires parameter',
};

const usage = `nginx version: ${version}
Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
             [-e filename] [-c filename] [-g directives]

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: /etc/nginx/)
  -e filename   : set error log file (default: /var/log/nginx/error.log)
  -c filename   : set configuration file (default: /etc/nginx/nginx.conf)
  -g directives : set global directives out of configuration file

`;

/** Reads `nginx …`. Letters may be bundled, as in `-tq`; a letter's value may be joined to it. */
export function parseCommandLine(argv: readonly string[]): Request {
  const values = new Map<string, string>();
  const wrong = (message: string): Request => ({ type: 'say', text: `nginx: ${message}\n`, status: 1 });
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) return wrong(`invalid option: "${word}"`);
    for (let letter = 1; letter < word.length; letter++) {
      const name = word.charAt(letter);
      if (name in wanted) {
        const value = word.slice(letter + 1) || argv[(at += 1)];
        if (value === undefined) return wrong(wanted[name] ?? '');
        values.set(name, value);
        break;
      }
      if (!'?hvVtTq'.includes(name)) return wrong(`invalid option: "${name}"`);
      values.set(name === '?' ? 'h' : name, '');
    }
  }
  return requestOf(values);
}

function requestOf(values: ReadonlyMap<string, string>): Request {
  const order = values.get('s');
  const signal = order === undefined ? undefined : signals[order];
  if (order !== undefined && !signal) {
    return { type: 'say', text: `nginx: invalid option: "-s ${order}"\n`, status: 1 };
  }
  if (values.has('h')) return { type: 'say', text: usage, status: 0 };
  if (values.has('V')) return { type: 'say', text: `nginx version: ${version}\n${compiler}\n`, status: 0 };
  if (values.has('v')) return { type: 'say', text: `nginx version: ${version}\n`, status: 0 };
  if (values.has('t') || values.has('T')) {
    return { type: 'test', isQuiet: values.has('q'), dumps: values.has('T') };
  }
  if (signal) return { type: 'signal', signal };
  return { type: 'serve', inForeground: /(^|[\s;])daemon\s+off\s*;/.test(values.get('g') ?? '') };
}
