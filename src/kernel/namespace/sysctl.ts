/**
 * What /proc/sys keeps: the machine's own settings, and those of which each network and each IPC namespace has its own.
 * Man pages: proc_sys(5), network_namespaces(7), ipc_namespaces(7).
 */
import { Errno } from '../errno.ts';

/** What has been written, by name; the others are as they were when the kernel started. */
export type Settings = Map<string, string>;

export type SettingsOf = 'kernel' | 'net' | 'ipc';

export interface Setting {
  readonly of: SettingsOf;
  readonly initial: string;
  readonly least: bigint;
  readonly most: bigint;
  readonly isReadOnly: boolean;
}

/** After the bar: from what to what, where that is narrower than an int. Each asked of a kernel 6. */
const machine = `
fs.file-max 9223372036854775807 | 0..9223372036854775807
fs.nr_open 1048576 | 64..2147483584
fs.pipe-max-size 1048576 | 0..2147483648
kernel.cap_last_cap 40 | read only
kernel.core_pattern core
kernel.keys.root_maxkeys 1000000 | 0..
kernel.ostype Linux | read only
kernel.overflowgid 65534 | 0..65535
kernel.overflowuid 65534 | 0..65535
kernel.panic 0
kernel.pid_max 4194304 | 301..4194304
vm.max_map_count 65530 | 0..
vm.overcommit_memory 0 | 0..2
vm.panic_on_oom 0 | 0..2
vm.swappiness 60 | 0..200`;

const interprocess = `
fs.mqueue.msg_default 10 | 1..65536
fs.mqueue.msg_max 10 | 1..65536
fs.mqueue.msgsize_default 8192 | 128..16777216
fs.mqueue.msgsize_max 8192 | 128..16777216
fs.mqueue.queues_max 256
kernel.msgmax 8192 | 0..
kernel.msgmnb 16384 | 0..
kernel.msgmni 32000 | 0..32768
kernel.sem 32000 1024000000 500 32000
kernel.shm_rmid_forced 0 | 0..1
kernel.shmall 18446744073692774399 | 0..18446744073709551615
kernel.shmmax 18446744073692774399 | 0..18446744073709551615
kernel.shmmni 4096 | 0..32768`;

/** Of Linux's some 500 those that are set by hand: asked of a kernel 6. */
const network = `
net.core.somaxconn 4096 | 0..
net.ipv4.conf.all.accept_redirects 1
net.ipv4.conf.all.accept_source_route 0
net.ipv4.conf.all.arp_announce 0
net.ipv4.conf.all.arp_ignore 0
net.ipv4.conf.all.log_martians 0
net.ipv4.conf.all.route_localnet 0
net.ipv4.conf.all.rp_filter 0
net.ipv4.conf.all.send_redirects 1
net.ipv4.icmp_echo_ignore_all 0 | 0..1
net.ipv4.icmp_echo_ignore_broadcasts 1 | 0..1
net.ipv4.ip_default_ttl 64 | 1..255
net.ipv4.ip_forward 1
net.ipv4.ip_local_port_range 32768 60999 | 1..65535
net.ipv4.ip_nonlocal_bind 0 | 0..255
net.ipv4.ip_unprivileged_port_start 1024 | 0..65535
net.ipv4.ping_group_range 1 0 | 0..4294967294
net.ipv4.tcp_abort_on_overflow 0 | 0..255
net.ipv4.tcp_congestion_control cubic
net.ipv4.tcp_ecn 2 | 0..2
net.ipv4.tcp_fastopen 1
net.ipv4.tcp_fin_timeout 60 | ..8589934
net.ipv4.tcp_keepalive_intvl 75 | ..8589934
net.ipv4.tcp_keepalive_probes 9 | 0..255
net.ipv4.tcp_keepalive_time 7200 | ..8589934
net.ipv4.tcp_max_syn_backlog 256
net.ipv4.tcp_max_tw_buckets 16384
net.ipv4.tcp_mtu_probing 0 | 0..255
net.ipv4.tcp_retries1 3 | 0..255
net.ipv4.tcp_retries2 15 | 0..255
net.ipv4.tcp_rmem 4096 131072 6291456 | 1..
net.ipv4.tcp_sack 1 | 0..255
net.ipv4.tcp_slow_start_after_idle 1 | 0..255
net.ipv4.tcp_syn_retries 6 | 1..127
net.ipv4.tcp_synack_retries 5 | 0..255
net.ipv4.tcp_syncookies 1 | 0..255
net.ipv4.tcp_timestamps 1 | 0..255
net.ipv4.tcp_tw_reuse 2 | 0..2
net.ipv4.tcp_window_scaling 1 | 0..255
net.ipv4.tcp_wmem 4096 16384 4194304 | 1..
net.ipv6.bindv6only 0 | 0..255
net.ipv6.conf.all.disable_ipv6 0
net.ipv6.conf.all.forwarding 0
net.ipv6.conf.default.disable_ipv6 0`;

/** Every setting, by its name with dots. */
export const settings: ReadonlyMap<string, Setting> = new Map(
  (
    [
      ['kernel', machine],
      ['ipc', interprocess],
      ['net', network],
    ] as const
  ).flatMap(([of, lines]) =>
    lines
      .trim()
      .split('\n')
      .map((line): [string, Setting] => settingOf(of, line)),
  ),
);

function settingOf(of: SettingsOf, line: string): [string, Setting] {
  const [said = '', range = ''] = line.split(' | ');
  const [name = '', ...values] = said.split(' ');
  const isReadOnly = range === 'read only';
  const [least = '', most = ''] = isReadOnly ? [] : range.split('..');
  return [
    name,
    {
      of,
      initial: values.join('\t'),
      least: BigInt(least === '' ? -2_147_483_648 : least),
      most: BigInt(most === '' ? 2_147_483_647 : most),
      isReadOnly,
    },
  ];
}

/** What a setting says, without a newline. */
export function settingIn(kept: Settings, name: string): string {
  return kept.get(name) ?? settings.get(name)?.initial ?? '';
}

/** A setting's numbers. */
export function numbersIn(kept: Settings, name: string): readonly number[] {
  return settingIn(kept, name).split('\t').map(Number);
}

/**
 * EINVAL for a word where numbers belong, and for a number that the setting cannot be. Of several numbers those that
 * are not given stay. Linux: proc_dointvec_minmax() and its kin.
 */
export function writeSetting(kept: Settings, name: string, text: string): void {
  const before = settingIn(kept, name).split('\t');
  const setting = settings.get(name);
  if (setting === undefined) throw new Errno('ENOENT');
  const { least, most } = setting;
  if (!before.every(isNumber)) {
    if (name === 'net.ipv4.tcp_congestion_control' && !congestionControls.includes(text.trim()))
      throw new Errno('ENOENT');
    kept.set(name, text.trim());
    return;
  }
  const given = text.trim().split(/\s+/).slice(0, before.length);
  if (!given.every((word) => isNumber(word) && BigInt(word) >= least && BigInt(word) <= most))
    throw new Errno('EINVAL');
  const values = before.map((value, index) => BigInt(given[index] ?? value));
  kept.set(name, agreed(kept, name, values).join('\t'));
}

/** Linux: tcp_congestion_control, those that Debian's kernel has or loads by itself. */
const congestionControls = ['reno', 'cubic', 'bbr'];

/**
 * What numbers mean together. Linux: net/ipv4/sysctl_net_ipv4.c; a range that ends before it begins is none, and ports
 * for all begin at or after those that take a privilege.
 */
function agreed(kept: Settings, name: string, values: readonly bigint[]): readonly bigint[] {
  const [first = 0n, last = first] = values;
  const [firstUnprivileged = 0] = numbersIn(kept, unprivileged);
  const [firstLocal = 0] = numbersIn(kept, localPorts);
  const isWrong =
    (name === localPorts && (last < first || first < firstUnprivileged)) ||
    (name === unprivileged && first > firstLocal);
  if (isWrong) throw new Errno('EINVAL');
  return name === 'net.ipv4.ping_group_range' && last < first ? [1n, 0n] : values;
}

const unprivileged = 'net.ipv4.ip_unprivileged_port_start';
const localPorts = 'net.ipv4.ip_local_port_range';

function isNumber(text: string): boolean {
  return /^-?\d+$/.test(text);
}
