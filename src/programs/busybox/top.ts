/** top as busybox has it. busybox: procps/top.c. */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print, readFileIfAny } from '../io.ts';
import { readAccounts } from '../tools/accounts.ts';
import { parseOptions } from '../tools/options.ts';
import { stateFlags } from '../tools/processes.ts';
import { keyWithin, memoryReader, startSampling, type Sample, type SampledTask } from '../tools/top-sample.ts';
import { processLine } from './ps.ts';

type Order = (a: SampledTask, b: SampledTask) => number;

const byMemory: Order = (a, b) => b.process.virtualBytes - a.process.virtualBytes;
const byTicks: Order = (a, b) => b.ticks - a.ticks;
const byTime: Order = (a, b) => b.process.ticks - a.process.ticks;
const byPid: Order = (a, b) => b.process.pid - a.process.pid;

/** Keys → what is looked at first, second and third. */
const orders: Readonly<Record<string, readonly Order[]>> = {
  p: [byTicks, byMemory, byTime],
  m: [byMemory, byTicks, byTime],
  t: [byTime, byMemory, byTicks],
  n: [byPid],
};

/** The first frame tells of as long. */
const firstLookNs = 100e6;
/** busybox: LINE_BUF_SIZE, less the zero at the end. */
const widestLine = 511;

/** `top [-b] [-n COUNT] [-d SECONDS]` */
export const busyboxTop: Program = function* busyboxTopMain(argv): Running {
  const options = parseOptions(argv.slice(1), 'bn:d:');
  if (typeof options === 'string') {
    yield* complain('top', options);
    yield* print('Usage: top [-bH] [-n COUNT] [-d SECONDS]\n', 2);
    return 1;
  }
  for (const letter of ['d', 'n'])
    if (!/^(\d+|)$/.test(options.values.get(letter) ?? '')) {
      yield* complain('top', `invalid number '${options.values.get(letter)}'`);
      return 1;
    }
  const isBatch = options.has('b');
  const listens = !isBatch && (yield* sys.isatty(0));
  const most = Number(options.values.get('n') ?? Number.POSITIVE_INFINITY);
  const seconds = Number(options.values.get('d') ?? '5');
  const before = listens ? yield* sys.tcgetattr(0) : null;
  if (before !== null) yield* sys.tcsetattr(0, { canonical: false, echo: false, signals: false });
  const look = yield* startSampling();
  yield* sys.nanosleep(firstLookNs);
  let order = 'p';
  for (let frame = 1; ; frame += 1) {
    const lines = yield* frameOf(yield* look(), orders[order] ?? []);
    yield* isBatch ? print(lines.map((line) => `${line.slice(0, widestLine)}\n`).join('')) : draw(lines);
    if (frame >= most) break;
    if (before === null) {
      yield* sys.nanosleep(seconds * 1e9);
      continue;
    }
    const key = (yield* keyWithin(seconds))?.toLowerCase();
    if (key === 'q' || key === '\x03' || key === '') break;
    if (key !== undefined && key in orders) order = key;
  }
  if (before !== null) yield* sys.tcsetattr(0, before);
  if (!isBatch) yield* print('\n');
  return 0;
};

function* frameOf(sample: Sample, order: readonly Order[]): Running<string[]> {
  const { users } = yield* readAccounts();
  const memory = yield* memoryReader();
  const [total, free] = [memory('MemTotal'), memory('MemFree')];
  const percent = (share: number | undefined): string => String(Math.floor(share ?? 0)).padStart(4);
  const [user, nice, system, idle, wait, irq, softirq] = sample.shares;
  const rows = sample.tasks.toSorted((a, b) => order.reduce((found, next) => found || next(a, b), 0));
  return [
    `Mem: ${total - free}K used, ${free}K free, ${memory('Shmem')}K shrd, ${memory('Buffers')}K buff, ` +
      `${memory('Cached')}K cached`,
    `CPU:${percent(user)}% usr${percent(system)}% sys${percent(nice)}% nic${percent(idle)}% idle` +
      `${percent(wait)}% io${percent(irq)}% irq${percent(softirq)}% sirq`,
    `Load average: ${((yield* readFileIfAny('/proc/loadavg')) ?? '').trim()}`,
    '  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND',
    ...rows.map(({ process, ticks }) => {
      const kb = process.virtualBytes / 1024;
      const name = (users.get(process.uid) ?? String(process.uid)).slice(0, 8).padEnd(8);
      const state = stateFlags(process)
        .replace(/[^A-Z<N]/g, '')
        .padEnd(3);
      return (
        `${String(process.pid).padStart(5)}${String(process.ppid).padStart(6)} ${name} ${state}  ${fiveWide(kb)}` +
        `${percent((kb * 100) / total)}%${percent((ticks * 100) / sample.allTicks)}% ${processLine(process)}`
      );
    }),
  ];
}

/** KiB in five characters: 43048, 1075m, 13.1g. busybox: smart_ulltoa5(). */
function fiveWide(kb: number): string {
  if (kb < 100_000) return String(Math.floor(kb)).padStart(5);
  let rest = kb / 1024;
  let unit = 0;
  for (; rest >= 10_000; rest /= 1024) unit += 1;
  const letter = 'mgtp'.charAt(unit);
  const text = rest < 100 ? (Math.floor(rest * 10) / 10).toFixed(1) : String(Math.floor(rest));
  return `${text}${letter}`.padStart(5);
}

/** As many lines as there is room for, the heads turned. */
function* draw(lines: readonly string[]): Running<void> {
  const size = (yield* sys.isatty(1)) ? yield* sys.getWindowSize(1) : { rows: 0, columns: 0 };
  const [rows, columns] = [size.rows || 24, size.columns || 80];
  const shown = lines.slice(0, rows - 1).map((line, at) => {
    const text = line.slice(0, columns - 1);
    return at === 3 ? `\x1b[7m${text}\x1b[m` : text;
  });
  yield* print(`\x1b[H\x1b[J${shown.join('\n')}`);
}
