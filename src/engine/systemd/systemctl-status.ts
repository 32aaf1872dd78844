/** `systemctl status`: the block that people know. systemd: src/systemctl/systemctl-show.c, print_status_info(). */
import { signalName } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { utf8 } from '../../kernel/bytes.ts';
import * as sys from '../../kernel/sys.ts';
import { bootSeconds } from '../../programs/clock.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { cgroupTree, processesIn } from './cgroup.ts';
import { entryLine, readJournal } from './journal-file.ts';
import { groupTree } from './group-tree.ts';
import { timestamp } from './properties.ts';
import type { Properties } from './properties.ts';
import { sizeText } from './resources.ts';
import { statusWords } from './service.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';

/** Of Debian 13, whose unit files these are. */
const version = '257.13-1~deb13u1';

/** The dot before a unit's name. */
function dotOf({ ActiveState, SubState }: Properties): string {
  if (ActiveState === 'failed') return '×';
  if (ActiveState === 'inactive') return '○';
  if (ActiveState === 'reloading') return '↻';
  return SubState === '' ? '○' : '●';
}

/** What `systemctl status` says of the machine as a whole, in bytes. systemd: show_system_status(). */
export function* systemStatusText(bus: RpcClient, units: readonly Properties[]): Running<string> {
  const { nodename } = yield* sys.uname();
  const failed = units.filter(({ ActiveState }) => ActiveState === 'failed').length;
  const booted = yield* bootSeconds();
  const { seconds } = yield* sys.realtime();
  const prefix = ' '.repeat(11);
  const tree = yield* groupTree({ bus, showsEmpty: false }, cgroupTree, prefix, Number.POSITIVE_INFINITY);
  return utf8(`● ${nodename}
    State: ${failed > 0 ? 'degraded' : 'running'}
    Units: ${units.length} loaded (incl. loaded aliases)
     Jobs: 0 queued
   Failed: ${failed} units
    Since: ${timestamp(booted)}; ${formatAge(seconds - booted)} ago
  systemd: ${version}
   CGroup: /
${tree.join('\n')}
`);
}

/** The whole block, in bytes; the unit's last `lines` journal entries below it. */
export function* statusText(
  bus: RpcClient,
  of: Properties,
  trigger: Properties | null,
  lines: number,
): Running<string> {
  const preset = of['UnitFilePreset'] === undefined ? '' : `; preset: ${of['UnitFilePreset']}`;
  const loaded =
    of['LoadState'] === 'masked'
      ? `masked (Reason: Unit ${of['Id']} is masked.)`
      : `loaded (${of['FragmentPath']}; ${of['UnitFileState']}${preset})`;
  const rows: (readonly [string, string])[] = [
    ['Loaded', loaded],
    ...(of['Transient'] === 'yes' ? [['Transient', 'yes'] as const] : []),
    ['Active', yield* activeText(of)],
  ];
  if (trigger !== null && of['TriggeredBy']) rows.push(['TriggeredBy', `${dotOf(trigger)} ${trigger['Id']}`]);
  if (trigger !== null && of['Triggers']) rows.push(['Triggers', `${dotOf(trigger)} ${trigger['Id']}`]);
  const [doc, ...more] = (of['Documentation'] ?? '').split(' ').filter(Boolean);
  if (doc !== undefined) rows.push(['Docs', doc], ...more.map((each) => ['', each] as const));
  if (of['Listen']) rows.push(['Listen', of['Listen']]);
  rows.push(...(yield* processRows(bus, of)));
  // Of a masked unit systemd has not read the file.
  const description = of['LoadState'] === 'masked' ? '' : ` - ${of['Description']}`;
  const title = `${dotOf(of)} ${of['Id']}${description}\n`;
  const block = rows
    .map(([label, value]) => `${`${label}${label === '' ? ' ' : ':'}`.padStart(12)} ${value}\n`)
    .join('');
  const journal = (yield* readJournal()).filter(({ UNIT }) => UNIT === of['Id']).slice(-lines);
  const { nodename } = yield* sys.uname();
  const tail = lines === 0 ? [] : journal.map((entry) => `${entryLine(entry, nodename, 'short')}\n`);
  return `${utf8(title + block)}${tail.length === 0 ? '' : `\n${tail.join('')}`}`;
}

function* activeText({ ActiveState, SubState, Result, StateChangeTimestamp }: Properties): Running<string> {
  const result = Result === undefined || Result === 'success' || ActiveState === 'active' ? '' : ` (Result: ${Result})`;
  const state = ActiveState === 'failed' ? 'failed' : `${ActiveState} (${SubState})`;
  if (!StateChangeTimestamp) return `${state}${result}`;
  const [, date = '', time = ''] = StateChangeTimestamp.split(' ');
  const then = parseRfc3339(`${date}T${time}Z`)?.seconds ?? 0;
  const { seconds } = yield* sys.realtime();
  return `${state}${result} since ${StateChangeTimestamp}; ${formatAge(seconds - then)} ago`;
}

/** systemd: format_timestamp_relative(): `1min 2s`, `3h 5min`, `5s`. */
function formatAge(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days} day${days === 1 ? '' : 's'}`;
  if (hours > 0) return minutes > 0 ? `${hours}h ${minutes}min` : `${hours}h`;
  if (minutes > 0) return seconds % 60 > 0 && minutes < 5 ? `${minutes}min ${seconds % 60}s` : `${minutes}min`;
  return `${seconds}s`;
}

function* processRows(bus: RpcClient, of: Properties): Running<(readonly [string, string])[]> {
  const rows: (readonly [string, string])[] = [];
  const last = of['ExecMainPID'] ?? '0';
  if (of['MainPID'] !== undefined && of['MainPID'] !== '0') {
    rows.push(['Main PID', `${of['MainPID']} (${baseName(of['ExecStart'] ?? '')})`]);
  } else if (last !== '0') {
    const code = Number(of['ExecMainStatus']);
    const ended = of['ExecMainCode'] === '2' ? { signal: signalName(code) ?? '' } : { code };
    const words = statusWords(ended).replace(/status=\d+\/(?=[A-Z]+$)/, of['ExecMainCode'] === '2' ? 'signal=' : '$&');
    rows.push(['Process', `${last} ExecStart=${of['ExecStart']} (${words})`], ['Main PID', `${last} (${words})`]);
  }
  const group = of['ControlGroup'] ?? '';
  const members = group === '' ? [] : yield* processesIn(`${cgroupTree}${group}`);
  if (of['Type'] === undefined || members.length === 0) return rows;
  rows.push(['Tasks', of['TasksCurrent'] ?? '']);
  if (/^\d+$/.test(of['MemoryCurrent'] ?? '')) rows.push(['Memory', sizeText(Number(of['MemoryCurrent']))]);
  const tree = { bus, showsEmpty: false };
  const lines = yield* groupTree(tree, `${cgroupTree}${group}`, '', Number.POSITIVE_INFINITY);
  rows.push(['CGroup', group], ...lines.map((line) => ['', line] as const));
  return rows;
}

function baseName(command: string): string {
  const [path = ''] = command.split(' ');
  return path.slice(path.lastIndexOf('/') + 1);
}
