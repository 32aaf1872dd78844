/** top(1): the processes that run most, again and again. procps: src/top/top.c. */
import type { Running, TerminalModes } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { twoDigits } from '../clock.ts';
import { complain, print, readFileIfAny } from '../io.ts';
import { readAccounts, type Accounts } from './accounts.ts';
import { uptimeText } from './machine-tools.ts';
import { parseOptions } from './options.ts';
import { commandLine } from './processes.ts';
import { keyWithin, memoryReader, startSampling, type Sample, type SampledTask } from './top-sample.ts';

interface View {
  /** The last frame is the one of that number. */
  readonly frames: number;
  readonly seconds: number;
  readonly isBatch: boolean;
  readonly width: number | null;
  readonly pids: ReadonlySet<number> | null;
  readonly uid: number | null;
  sort: SortField;
  showsCommandLines: boolean;
  /** What the line between summary and table says until the next frame. */
  message: string;
}

const sortFields = ['%CPU', '%MEM', 'PID', 'TIME+', 'RES', 'VIRT', 'COMMAND', 'USER'] as const;
type SortField = (typeof sortFields)[number];

const sortKeys: Readonly<Record<string, SortField>> = { P: '%CPU', M: '%MEM', N: 'PID', T: 'TIME+' };
const ownKeys = "glassdock: of top's keys these are modelled: q, c, P, M, N, T, space";

/** The first frame tells of as long. procps: LIB_USLEEP. */
const firstLookNs = 150e6;

/** `top [-bc] [-d SECONDS] [-n FRAMES] [-o FIELD] [-p PID,…] [-u USER] [-w COLUMNS]` */
export function* topMain(argv: readonly string[]): Running {
  const view = viewOf(argv.slice(1), yield* readAccounts());
  if (typeof view === 'string') return yield* refuse(view);
  if (view.isBatch) return yield* showFrames(view, (seconds) => sys.nanosleep(Math.round(seconds * 1e9)));
  if (!(yield* sys.isatty(0))) return yield* refuse('failed tty get');
  const before = yield* sys.tcgetattr(0);
  const leave = (): Running => goodbye(before);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
    yield* sys.sigaction(signal, function* () {
      yield* sys.exit(yield* leave());
    });
  // poll(2) is interrupted by it, and the next frame has the new size.
  yield* sys.sigaction('SIGWINCH', function* () {});
  yield* sys.tcsetattr(0, { canonical: false, echo: false });
  yield* print('\x1b[?1h\x1b=\x1b[?25l\x1b[H\x1b[2J');
  yield* showFrames(view, function* (seconds) {
    const key = yield* keyWithin(seconds);
    return key === null ? false : obey(key, view);
  });
  return yield* leave();
}

function* refuse(message: string): Running {
  yield* complain('top', message);
  return 1;
}

function* goodbye(before: TerminalModes): Running {
  yield* sys.tcsetattr(0, before);
  yield* print(`\x1b[?1l\x1b>\x1b[${(yield* screenSize()).rows};1H\r\n\x1b[?12l\x1b[?25h\x1b[K`);
  return 0;
}

/** `pause` waits between two frames, and says whether that was the last. */
function* showFrames(view: View, pause: (seconds: number) => Running<boolean | void>): Running {
  const look = yield* startSampling();
  yield* sys.nanosleep(firstLookNs);
  for (let frame = 1; ; frame += 1) {
    const lines = yield* frameOf(yield* look(), view);
    yield* view.isBatch ? print(`${frame > 1 ? '\n' : ''}${lines.join('\n')}\n`) : draw(lines);
    view.message = '';
    if (frame >= view.frames || (yield* pause(view.seconds)) === true) return 0;
  }
}

/** True for a key that ends it. */
function obey(key: string, view: View): boolean {
  if (key === 'q' || key === '') return true;
  if (key === 'c') view.showsCommandLines = !view.showsCommandLines;
  else if (key in sortKeys) view.sort = sortKeys[key] ?? view.sort;
  else if (key === 'h' || key === '?') view.message = ownKeys;
  else if (key !== ' ' && key !== '\n') view.message = " Unknown command - try 'h' for help ";
  return false;
}

/** The request, or the complaint. */
function viewOf(words: readonly string[], accounts: Accounts): View | string {
  // The only option whose value may be missing: as wide as can be.
  const full = words.map((word, at) => (word === '-w' && !/^\d/.test(words[at + 1] ?? '') ? '-w512' : word));
  const long = {
    'batch-mode': 'b',
    'cmdline-toggle': 'c',
    delay: 'd',
    iterations: 'n',
    'sort-override': 'o',
    pid: 'p',
  };
  const options = parseOptions(full, 'bcd:n:o:p:u:w:', long);
  if (typeof options === 'string') return options;
  const { values, operands } = options;
  const [operand] = operands;
  if (operand !== undefined) return `unknown option '${operand}'`;
  const frames = values.get('n') ?? 'Infinity';
  if (values.has('n') && !/^[1-9]\d*$/.test(frames)) return `bad iterations argument '${frames}'`;
  const delay = values.get('d') ?? '3';
  if (delay.startsWith('-')) return '-d requires positive argument';
  if (!/^\d*\.?\d+$/.test(delay)) return `bad delay interval '${delay}'`;
  const pids = values.get('p')?.split(',') ?? null;
  const badPid = pids?.find((pid) => !/^\d+$/.test(pid));
  if (badPid !== undefined) return `bad pid '${badPid}'`;
  const width = values.get('w') ?? null;
  if (width !== null && !/^\d+$/.test(width)) return `bad width arg '${width}'`;
  const wanted = values.get('o') ?? '%CPU';
  const sort = sortFields.find((field) => field === wanted.replace(/^[-+]/, ''));
  if (sort === undefined) return `unrecognized field name '${wanted}'`;
  const user = values.get('u');
  const uid = user === undefined ? null : uidOf(user, accounts);
  if (uid === undefined) return 'Invalid user';
  return {
    frames: Number(frames),
    // Nobody can look as often as -d0 asks for.
    seconds: Math.max(0.01, Math.min(Number(delay), 9e6)),
    isBatch: options.has('b'),
    width: width === null ? null : Number(width),
    pids: pids === null ? null : new Set(pids.map(Number)),
    uid,
    sort,
    showsCommandLines: options.has('c'),
    message: '',
  };
}

function uidOf(user: string, { users }: Accounts): number | undefined {
  if (/^\d+$/.test(user)) return Number(user);
  return [...users].find(([, name]) => name === user)?.[0];
}

function* screenSize(): Running<{ readonly rows: number; readonly columns: number }> {
  const { rows, columns } = (yield* sys.isatty(1)) ? yield* sys.getWindowSize(1) : { rows: 0, columns: 0 };
  return { rows: rows || 24, columns: columns || 80 };
}

function* frameOf(sample: Sample, view: View): Running<string[]> {
  const accounts = yield* readAccounts();
  const memory = yield* memoryReader();
  const columns = view.width ?? (yield* screenSize()).columns;
  const room = Math.max(7, columns - heads.length - 1);
  const chosen = sample.tasks.filter(
    ({ process: { pid, uid } }) => (view.pids?.has(pid) ?? true) && (view.uid === null || uid === view.uid),
  );
  const rows: string[] = [];
  for (const task of sorted(chosen, view.sort)) {
    const command = view.showsCommandLines ? commandLine(task.process) : task.process.comm;
    rows.push(`${yield* rowOf(task, sample.seconds, memory('MemTotal'), accounts)}${shortened(command, room)}`);
  }
  const summary = [
    `top -${yield* uptimeText('gnu')}`,
    tasksLine(chosen),
    processorLine(sample.shares),
    ...memoryLines(memory),
  ];
  return [...summary, view.message, `${heads}COMMAND`, ...rows];
}

function sorted(tasks: readonly SampledTask[], field: SortField): SampledTask[] {
  const value = ({ process, ticks }: SampledTask): number | string => {
    switch (field) {
      case '%CPU':
        return ticks;
      case '%MEM':
      case 'RES':
        return process.residentPages;
      case 'TIME+':
        return process.ticks;
      case 'VIRT':
        return process.virtualBytes;
      case 'COMMAND':
        return process.comm;
      case 'USER':
        return process.uid;
      case 'PID':
        return process.pid;
    }
  };
  return tasks.toSorted((a, b) => {
    const [one, other] = [value(a), value(b)];
    return one === other ? 0 : one < other ? 1 : -1;
  });
}

function tasksLine(tasks: readonly SampledTask[]): string {
  const states = tasks.map(({ process }) => process.state);
  const number = (...letters: readonly string[]): string =>
    String(states.filter((state) => letters.includes(state)).length).padStart(4);
  return (
    `Tasks:${String(tasks.length).padStart(4)} total,${number('R')} running,${number('S', 'D', 'I')} sleeping,` +
    `${number('T', 't')} stopped,${number('Z')} zombie`
  );
}

function processorLine(shares: readonly number[]): string {
  // In the order of top: user, system, nice, idle and the rest.
  const order = [0, 2, 1, 3, 4, 5, 6, 7];
  const names = ['us', 'sy', 'ni', 'id', 'wa', 'hi', 'si', 'st'];
  const parts = order.map((from, at) => `${(shares[from] ?? 0).toFixed(1).padStart(5)} ${names[at]}`);
  return `%Cpu(s):${parts.join(',')} `;
}

function memoryLines(memory: (name: string) => number): string[] {
  const size = (kb: number): string => (kb / 1024).toFixed(1).padStart(9);
  const cached = memory('Buffers') + memory('Cached') + memory('Slab');
  const total = memory('MemTotal');
  const swap = memory('SwapTotal');
  const freeSwap = memory('SwapFree');
  return [
    `MiB Mem :${size(total)} total,${size(memory('MemFree'))} free,${size(total - memory('MemAvailable'))} used,` +
      `${size(cached)} buff/cache     `,
    `MiB Swap:${size(swap)} total,${size(freeSwap)} free,${size(swap - freeSwap)} used.` +
      `${size(memory('MemAvailable'))} avail Mem `,
  ];
}

const heads = '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ ';

/** A line of the table without its last column. */
function* rowOf(
  { process, ticks }: SampledTask,
  seconds: number,
  memoryKb: number,
  { users }: Accounts,
): Running<string> {
  const { pid, uid, nice, state, virtualBytes, residentPages } = process;
  const sharedPages = Number(((yield* readFileIfAny(`/proc/${pid}/statm`)) ?? '').split(' ')[2] ?? '0');
  const share = (part: number): string => Math.min(part, 9999).toFixed(1).padStart(5);
  return [
    String(pid).padStart(7),
    shortened(users.get(uid) ?? String(uid), 8).padEnd(8),
    String(20 + nice).padStart(3),
    String(nice).padStart(3),
    scaled(virtualBytes / 1024, 7),
    scaled(residentPages * 4, 6),
    scaled(sharedPages * 4, 6),
    state,
    share(seconds > 0 ? ticks / seconds : 0),
    share((residentPages * 400) / memoryKb),
    minutes(process.ticks).padStart(9),
    '',
  ].join(' ');
}

/** `1:26.21` */
function minutes(ticks: number): string {
  return `${Math.floor(ticks / 6000)}:${twoDigits(Math.floor(ticks / 100) % 60)}.${twoDigits(ticks % 100)}`;
}

/** What is cut ends with a +. */
function shortened(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}+` : text;
}

/** KiB; with a decimal of a larger unit when there is no room. */
function scaled(kb: number, width: number): string {
  let text = String(Math.floor(kb));
  for (let rest = kb / 1024, unit = 0; text.length > width && unit < 4; rest /= 1024, unit += 1)
    text = `${rest.toFixed(1)}${'mgtp'.charAt(unit)}`;
  return text.padStart(width);
}

/** As many lines as there is room for: the numbers of the summary and who runs are bold, the heads are turned. */
function* draw(lines: readonly string[]): Running<void> {
  const { rows, columns } = yield* screenSize();
  const [message, top] = [5, 6];
  const shown = lines.slice(0, rows).map((line, at) => {
    const text = line.slice(0, columns);
    if (at === 0) return text;
    if (at < message) return text.replaceAll(/ *\d+\.?\d* /g, '\x1b[1m$&\x1b[m');
    if (at === message) return text === '' ? '' : `\x1b[7m${text}\x1b[m`;
    if (at === top) return `\x1b[7m${text.padEnd(columns)}\x1b[m`;
    return text.charAt(runColumn) === 'R' ? `\x1b[1m${text}\x1b[m` : text;
  });
  yield* print(`\x1b[H${shown.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`);
}

const runColumn = heads.indexOf(' S ') + 1;
