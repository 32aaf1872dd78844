/** ss(8) and busybox netstat: the TCP sockets of the caller's network namespace, and who has them open. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { InternetAddress } from '../../kernel/net/internet-address.ts';
import type { TcpSocketState } from '../../kernel/socket/internet-socket.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFileIfAny } from '../io.ts';
import { parseOptions, refuseOptions } from './options.ts';
import type { Options } from './options.ts';

const long: Readonly<Record<string, string>> = {
  all: 'a',
  listening: 'l',
  numeric: 'n',
  processes: 'p',
  tcp: 't',
  'no-header': 'H',
};

export const ss: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'alnptuxH46', long);
  if (typeof options === 'string') return yield* refuseOptions('ss', options, 'gnu', 255);
  const rows: (readonly string[])[] = [];
  for (const socket of yield* wantedSockets(options)) {
    const owners = options.has('p') ? yield* ownersOf(socket.inode) : [];
    const users = owners.map(({ comm, pid, fd }) => `("${comm}",pid=${pid},fd=${fd})`).join(',');
    rows.push([
      socket.state,
      String(socket.receiveQueue),
      String(socket.sendQueue),
      spotOf(socket.local, true),
      spotOf(socket.remote, true),
      users === '' ? '' : `users:(${users})`,
    ]);
  }
  const heads = ['State', 'Recv-Q', 'Send-Q', 'Local Address:Port', 'Peer Address:Port', 'Process'];
  yield* print(tabulate(options.has('H') ? rows : [heads, ...rows]));
  return 0;
};

/** busybox: networking/netstat.c. */
export const netstat: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'laentuwxrp');
  if (typeof options === 'string') {
    yield* print('Usage: netstat [-ral] [-tuwx] [-enWp]\n', 2);
    return 1;
  }
  const about = options.has('l') ? 'only servers' : options.has('a') ? 'servers and established' : 'w/o servers';
  yield* print(
    `Active Internet connections (${about})\n` +
      `Proto Recv-Q Send-Q Local Address           Foreign Address         State       ` +
      `${options.has('p') ? 'PID/Program name' : ''}\n`,
  );
  const words = { LISTEN: 'LISTEN', ESTAB: 'ESTABLISHED', 'CLOSE-WAIT': 'CLOSE_WAIT', 'FIN-WAIT-2': 'FIN_WAIT2' };
  for (const socket of yield* wantedSockets(options)) {
    const { state, receiveQueue, local, remote } = socket;
    const sent = state === 'LISTEN' ? 0 : socket.sendQueue;
    const [owner] = options.has('p') ? yield* ownersOf(socket.inode) : [];
    const user = options.has('p') ? (owner === undefined ? '-' : `${owner.pid}/${owner.comm}`) : '';
    const columns = [spotOf(local, false), spotOf(remote, false)].map((spot) => spot.padEnd(23)).join(' ');
    const queues = `${String(receiveQueue).padStart(6)} ${String(sent).padStart(6)}`;
    yield* print(`tcp   ${queues} ${columns} ${words[state].padEnd(11)} ${user}\n`);
  }
  return 0;
};

function* wantedSockets(options: Options): Running<readonly TcpSocketState[]> {
  // There are no other protocols than TCP here.
  const isForOthers = (options.has('u') || options.has('x')) && !options.has('t');
  const all = isForOthers ? [] : yield* sys.tcpSockets();
  if (options.has('a')) return all;
  return all.filter(({ state }) => (state === 'LISTEN') === options.has('l'));
}

function spotOf({ address, port }: InternetAddress, hasBrackets: boolean): string {
  return `${hasBrackets && address.includes(':') ? `[${address}]` : address}:${port === 0 ? '*' : port}`;
}

interface Owner {
  readonly pid: number;
  readonly comm: string;
  readonly fd: string;
}

function* ownersOf(inode: number): Running<readonly Owner[]> {
  const owners: Owner[] = [];
  for (const { name } of yield* sys.readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      for (const { name: fd } of yield* sys.readdir(`/proc/${name}/fd`)) {
        if ((yield* sys.readlink(`/proc/${name}/fd/${fd}`)) !== `socket:[${inode}]`) continue;
        owners.push({ pid: Number(name), comm: ((yield* readFileIfAny(`/proc/${name}/comm`)) ?? '').trim(), fd });
      }
    } catch (error) {
      // It has ended, or it is another user's.
      if (!isErrno(error)) throw error;
    }
  }
  return owners;
}

function tabulate(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
  const cell = (text: string, index: number): string =>
    index === 3 || index === 4 ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
  return rows.map((row) => `${row.map(cell).join(' ').trimEnd()}\n`).join('');
}
