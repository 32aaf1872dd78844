/** Tools about the machine as a whole: uname, arch, nproc, hostname, uptime, free, date, stty. */
import type { Program, Running, TerminalModes } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, readFileIfAny } from '../io.ts';
import { twoDigits } from '../clock.ts';
import { formatDate } from './calendar.ts';
import { humanSize } from './ls.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';
import { readLogins } from './who.ts';

export const uname = (flavour: Flavour): Program =>
  function* unameMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'asnrvmpio', {
      all: 'a',
      'kernel-name': 's',
      nodename: 'n',
      'kernel-release': 'r',
      'kernel-version': 'v',
      machine: 'm',
      'operating-system': 'o',
    });
    if (typeof options === 'string') return yield* refuseOptions('uname', options, flavour);
    const { sysname, nodename, release, version, machine } = yield* sys.uname();
    const parts: readonly (readonly [string, string])[] = [
      ['s', sysname],
      ['n', nodename],
      ['r', release],
      ['v', version],
      ['m', machine],
      ['o', 'GNU/Linux'],
    ];
    const shown = parts.filter(
      ([letter]) => options.has('a') || options.has(letter) || (options.all.length === 0 && letter === 's'),
    );
    yield* print(`${shown.length === 0 ? 'unknown' : shown.map(([, text]) => text).join(' ')}\n`);
    return 0;
  };

export function* archMain(): Running {
  yield* print(`${(yield* sys.uname()).machine}\n`);
  return 0;
}

export function* nprocMain(): Running {
  const processors = ((yield* readFileIfAny('/proc/cpuinfo')) ?? 'processor\t: 0\n').match(/^processor\s*:/gm);
  yield* print(`${processors?.length ?? 1}\n`);
  return 0;
}

export const hostname = (flavour: Flavour): Program =>
  function* hostnameMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'isfdIF:', {
      short: 's',
      fqdn: 'f',
      long: 'f',
      'ip-address': 'i',
      'all-ip-addresses': 'I',
    });
    if (typeof options === 'string') return yield* refuseOptions('hostname', options, flavour);
    const [name] = options.operands;
    const asked = ['d', 'f', 'i'].find((letter) => options.has(letter));
    if (name === undefined && flavour === 'busybox' && asked !== undefined) return yield* resolvedName(asked);
    if (name === undefined) {
      const text = options.has('I') || options.has('i') ? yield* ownAddresses() : (yield* sys.uname()).nodename;
      yield* print(`${options.has('s') ? text.split('.')[0] : text}\n`);
      return 0;
    }
    try {
      yield* sys.sethostname(name);
      return 0;
    } catch (error) {
      if (!isErrno(error)) throw error;
      yield* complain(
        'hostname',
        flavour === 'busybox' ? `sethostname: ${errnoWords(error)}` : 'you must be root to change the host name',
      );
      return 1;
    }
  };

/** busybox looks the machine's own name up: without a line of /etc/hosts nobody knows it. */
function* resolvedName(asked: string): Running {
  const { nodename } = yield* sys.uname();
  const lines = ((yield* readFileIfAny('/etc/hosts')) ?? '').split('\n').map((line) => line.split(/\s+/));
  const found = lines.filter(([address = '', ...names]) => !address.includes(':') && names.includes(nodename));
  const whole = found[0]?.[1];
  if (whole === undefined) {
    yield* complain('hostname', `${nodename}: Host name lookup failure`);
    return 1;
  }
  const [, domain] = /\.(.*)$/.exec(whole) ?? [];
  if (asked === 'i') yield* print(`${found.map(([address]) => `${address} `).join('')}\n`);
  else if (asked === 'f') yield* print(`${whole}\n`);
  else if (domain !== undefined) yield* print(`${domain}\n`);
  return 0;
}

function* ownAddresses(): Running<string> {
  const links = (yield* sys.netlink({ op: 'list' })).filter(({ kind }) => kind !== 'loopback');
  return links.flatMap(({ addresses }) => addresses.map((cidr) => `${cidr.split('/')[0]} `)).join('');
}

export const uptime = (flavour: Flavour): Program =>
  function* uptimeMain(argv): Running {
    const now = yield* sys.realtime();
    const up = Math.floor((yield* sys.monotonic()) / 1e9);
    const [days, hours, minutes] = [Math.floor(up / 86_400), Math.floor(up / 3600) % 24, Math.floor(up / 60) % 60];
    if (argv[1] === '-p') {
      const words = [
        [days, 'day'],
        [hours, 'hour'],
        [minutes, 'minute'],
      ] as const;
      yield* print(
        `up ${words
          .filter(([count]) => count > 0)
          .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
          .join(', ')}\n`,
      );
      return 0;
    }
    if (argv[1] === '-s') {
      yield* print(`${formatDate('%F %T', now.seconds - up, 0)}\n`);
      return 0;
    }
    yield* print(`${yield* uptimeText(flavour)}\n`);
    return 0;
  };

/** The time, how long the machine is up, who is there and how much there is to do: what uptime and top begin with. */
export function* uptimeText(flavour: Flavour): Running<string> {
  const now = yield* sys.realtime();
  const up = Math.floor((yield* sys.monotonic()) / 1e9);
  const [days, hours, minutes] = [Math.floor(up / 86_400), Math.floor(up / 3600) % 24, Math.floor(up / 60) % 60];
  const ofDay = hours > 0 ? `${String(hours).padStart(2)}:${twoDigits(minutes)}` : `${minutes} min`;
  const since = `${days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${ofDay}`;
  const loads = ((yield* readFileIfAny('/proc/loadavg')) ?? '').split(' ').slice(0, 3).join(', ');
  // busybox looks into utmp, which is nowhere here. procps 4.0.2 has one word for none and for one.
  const count = flavour === 'busybox' ? 0 : (yield* readLogins()).length;
  const users = `${String(count).padStart(2)} user${count > 1 || flavour === 'busybox' ? 's' : ''}`;
  return ` ${formatDate('%T', now.seconds, 0)} up ${since}, ${users},  load average: ${loads}`;
}

export const free = (flavour: Flavour): Program =>
  function* freeMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'bkmghtw', {
      bytes: 'b',
      kibi: 'k',
      mebi: 'm',
      gibi: 'g',
      human: 'h',
      total: 't',
    });
    if (typeof options === 'string') return yield* refuseOptions('free', options, flavour);
    const text = (yield* readFileIfAny('/proc/meminfo')) ?? '';
    const kb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? '0');
    const shift = options.has('b') ? 1 / 1024 : options.has('m') ? 1024 : options.has('g') ? 1024 * 1024 : 1;
    const show = (amount: number): string =>
      options.has('h') ? binarySize(amount * 1024) : String(Math.floor(amount / shift));
    const cached = kb('Buffers') + kb('Cached') + kb('Slab');
    const available = kb('MemAvailable');
    const used = flavour === 'gnu' ? kb('MemTotal') - available : kb('MemTotal') - kb('MemFree') - cached;
    const memory = [kb('MemTotal'), used, kb('MemFree'), kb('Shmem'), cached, available];
    const swap = [kb('SwapTotal'), kb('SwapTotal') - kb('SwapFree'), kb('SwapFree')];
    const first = flavour === 'gnu' ? 20 : 19;
    const row = (title: string, cells: readonly string[]): string =>
      cells.reduce(
        (line, cell, index) => (index === 0 ? line + cell.padStart(first - line.length) : line + cell.padStart(12)),
        title,
      );
    const heads = ['total', 'used', 'free', 'shared', 'buff/cache', 'available'];
    yield* print(`${row('', heads)}\n${row('Mem:', memory.map(show))}\n${row('Swap:', swap.map(show))}\n`);
    return 0;
  };

/** free -h: `3.8Gi`, `0B`. */
function binarySize(bytes: number): string {
  const size = humanSize(bytes);
  return /[KMGTP]$/.test(size) ? `${size}i` : `${size}B`;
}

const defaultFormat = '%a %b %e %H:%M:%S %Z %Y';

export const date = (flavour: Flavour): Program =>
  function* dateMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'uRd:s:I', {
      utc: 'u',
      universal: 'u',
      date: 'd',
      set: 's',
      'iso-8601': 'I',
      'rfc-email': 'R',
    });
    if (typeof options === 'string') return yield* refuseOptions('date', options, flavour);
    const { seconds, ns } = yield* sys.realtime();
    if (options.has('s')) {
      yield* complain('date', `${flavour === 'gnu' ? 'cannot' : "can't"} set date: Operation not permitted`);
      return 1;
    }
    const wanted = options.values.get('d');
    const unix =
      wanted === undefined || wanted === 'now' ? seconds : /^@\d+$/.test(wanted) ? Number(wanted.slice(1)) : Number.NaN;
    if (Number.isNaN(unix)) {
      yield* complain('glassdock', `date -d '${wanted}' is not modelled yet: give @ and Unix seconds`);
      return 1;
    }
    const [operand] = options.operands;
    if (operand !== undefined && !operand.startsWith('+'))
      return yield* refuseOptions(
        'date',
        flavour === 'gnu' ? `invalid date '${operand}'` : `invalid date '${operand}'`,
        'busybox',
      );
    const format =
      operand?.slice(1) ?? (options.has('R') ? '%a, %d %b %Y %T %z' : options.has('I') ? '%F' : defaultFormat);
    yield* print(`${formatDate(format, unix, wanted === undefined ? ns : 0)}\n`);
    return 0;
  };

const settings: Readonly<Record<string, Partial<TerminalModes>>> = {
  echo: { echo: true },
  '-echo': { echo: false },
  icanon: { canonical: true },
  '-icanon': { canonical: false },
  isig: { signals: true },
  '-isig': { signals: false },
  raw: { canonical: false, signals: false, inputCrToNl: false, outputCrLf: false },
  '-raw': { canonical: true, signals: true, inputCrToNl: true, outputCrLf: true },
  sane: { canonical: true, signals: true, inputCrToNl: true, outputCrLf: true, echo: true },
};

/** stty(1): size, rows and columns, and the modes that the terminal has here. */
export const stty = (flavour: Flavour): Program =>
  function* sttyMain(argv): Running {
    const words = argv.slice(1);
    if (!(yield* sys.isatty(0))) {
      yield* complain(
        'stty',
        `${flavour === 'gnu' ? "'standard input'" : 'standard input'}: Inappropriate ioctl for device`,
      );
      return 1;
    }
    const { rows, columns } = yield* sys.getWindowSize(0);
    if (words.length === 0 || words[0] === '-a') {
      const size = words[0] === '-a' ? ` rows ${rows}; columns ${columns};` : '';
      yield* print(`speed 38400 baud;${size} line = 0;\n${modeWords(yield* sys.tcgetattr(0))}\n`);
      return 0;
    }
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at] ?? '';
      const modes = settings[word];
      if (modes !== undefined) yield* sys.tcsetattr(0, modes);
      else if (word === 'size' && rows === 0 && flavour === 'busybox') {
        // busybox: get_terminal_width_height() takes no rows for an error, whose errno is 0.
        yield* complain('stty', 'standard input');
      } else if (word === 'size') yield* print(`${rows} ${columns}\n`);
      else if (word === 'rows') yield* sys.setWindowSize(0, Number(words[(at += 1)]), columns);
      else if (word === 'cols' || word === 'columns') yield* sys.setWindowSize(0, rows, Number(words[(at += 1)]));
      else return yield* refuseOptions('stty', `invalid argument '${word}'`, flavour);
    }
    return 0;
  };

function modeWords({ canonical, echo, signals, inputCrToNl, outputCrLf }: TerminalModes): string {
  const word = (name: string, on: boolean): string => (on ? name : `-${name}`);
  return [
    word('icrnl', inputCrToNl),
    word('onlcr', outputCrLf),
    word('isig', signals),
    word('icanon', canonical),
    word('echo', echo),
  ].join(' ');
}
