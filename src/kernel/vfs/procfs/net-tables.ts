/** /proc/PID/net: tables of the process's network namespace. proc_pid_net(5); Linux: net/ipv4/tcp_ipv4.c. */
import type { Task } from '../../kernel.ts';
import { isIpv6, numberOfAddress } from '../../net/internet-address.ts';
import { tcpSocketsOf } from '../../socket/internet-socket.ts';
import type { TcpSocketState } from '../../socket/internet-socket.ts';

const states = { ESTAB: '01', 'FIN-WAIT-2': '05', 'CLOSE-WAIT': '08', LISTEN: '0A' } as const;

const tails = 'st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
/** Each line of IPv4's is as long as this. */
const lineLength = 149;

/** /proc/PID/net/tcp. */
export function tcpTable({ namespaces }: Task): string {
  const rows = tcpSocketsOf(namespaces.net).filter(({ local }) => !isIpv6(local.address));
  const lines = [`  sl  local_address rem_address   ${tails}`, ...rows.map(lineOf)];
  return lines.map((line) => `${line.padEnd(lineLength)}\n`).join('');
}

/** /proc/PID/net/tcp6. */
export function tcp6Table({ namespaces }: Task): string {
  const rows = tcpSocketsOf(namespaces.net).filter(({ local }) => isIpv6(local.address));
  const place = (title: string): string => title.padEnd(37);
  const lines = [`  sl  ${place('local_address')} ${place('remote_address')} ${tails}`, ...rows.map(lineOf)];
  return lines.map((line) => `${line}\n`).join('');
}

/** Where the kernel tells an address of its own memory, here stands nothing that would lead there. */
function lineOf({ state, local, remote, inode, receiveQueue, sendQueue }: TcpSocketState, index: number): string {
  const listens = state === 'LISTEN';
  const queues = [listens ? 0 : sendQueue, receiveQueue].map((bytes) => hex(bytes, 8)).join(':');
  const timers = listens ? '100 0 0 10 0' : '20 0 0 10 -1';
  return (
    `${String(index).padStart(4)}: ${addressOf(local)} ${addressOf(remote)} ${states[state]} ${queues} ` +
    `00:00000000 00000000     0        0 ${inode} 1 0000000000000000 ${timers}`
  );
}

/** Each word as the machine has it in memory: its last byte first. */
function addressOf({ address, port }: TcpSocketState['local']): string {
  const words = isIpv6(address) ? [0, 0, 0, address === '::1' ? 1 : 0] : [numberOfAddress(address) ?? 0];
  const text = words.map((word) => (hex(word, 8).match(/../g) ?? []).toReversed().join('')).join('');
  return `${text}:${hex(port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** /proc/PID/net/unix: those that listen. Who is connected is not told. Linux: net/unix/af_unix.c, unix_seq_show(). */
export function unixTable({ namespaces }: Task): string {
  const lines = [...namespaces.net.unixListeners].map(
    ({ inode, path }) => `${hex(0, 16)}: 00000002 00000000 00010000 0001 01 ${String(inode).padStart(5)} ${path}\n`,
  );
  return ['Num       RefCount Protocol Flags    Type St Inode Path\n', ...lines].join('');
}

/** /proc/net/dev: no packet is modelled, so every counter is 0. */
export function networkDevices(task: Task): string {
  const zeros = (...widths: readonly number[]): string => widths.map((width) => '0'.padStart(width)).join(' ');
  const counters = `${zeros(7, 7, 4, 4, 4, 5, 10, 9)} ${zeros(8, 7, 4, 4, 4, 5, 7, 10)}`;
  const head = [
    'Inter-|   Receive                                                |  Transmit',
    [
      ' face |bytes    packets errs drop fifo frame compressed multicast',
      'bytes    packets errs drop fifo colls carrier compressed',
    ].join('|'),
  ];
  const rows = [...task.namespaces.net.links.keys()].map((name) => `${name.padStart(6)}: ${counters}`);
  return [...head, ...rows, ''].join('\n');
}
