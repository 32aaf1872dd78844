/**
 * What /proc/sys keeps: the machine's own settings, and those of which each network and each IPC namespace has its own.
 * Man pages: proc_sys(5), network_namespaces(7), ipc_namespaces(7).
 */
import { Errno } from '../errno.ts';

/** What has been written, by name; the others are as they were when the kernel started. */
export type Settings = Map<string, string>;

export type SettingsOf = 'kernel' | 'net' | 'ipc';

interface Setting {
  readonly of: SettingsOf;
  readonly initial: string;
}

const machine = `
fs.file-max 9223372036854775807
fs.nr_open 1048576
fs.pipe-max-size 1048576
kernel.cap_last_cap 40
kernel.core_pattern core
kernel.keys.root_maxkeys 1000000
kernel.ostype Linux
kernel.overflowgid 65534
kernel.overflowuid 65534
kernel.panic 0
kernel.pid_max 4194304
vm.max_map_count 65530
vm.overcommit_memory 0
vm.panic_on_oom 0
vm.swappiness 60`;

const interprocess = `
fs.mqueue.msg_default 10
fs.mqueue.msg_max 10
fs.mqueue.msgsize_default 8192
fs.mqueue.msgsize_max 8192
fs.mqueue.queues_max 256
kernel.msgmax 8192
kernel.msgmnb 16384
kernel.msgmni 32000
kernel.sem 32000 1024000000 500 32000
kernel.shm_rmid_forced 0
kernel.shmall 18446744073692774399
kernel.shmmax 18446744073692774399
kernel.shmmni 4096`;

/** Of Linux's some 500 those that are set by hand: asked of a kernel 6. */
const network = `
net.core.somaxconn 4096
net.ipv4.conf.all.accept_redirects 1
net.ipv4.conf.all.accept_source_route 0
net.ipv4.conf.all.arp_announce 0
net.ipv4.conf.all.arp_ignore 0
net.ipv4.conf.all.log_martians 0
net.ipv4.conf.all.route_localnet 0
net.ipv4.conf.all.rp_filter 0
net.ipv4.conf.all.send_redirects 1
net.ipv4.icmp_echo_ignore_all 0
net.ipv4.icmp_echo_ignore_broadcasts 1
net.ipv4.ip_default_ttl 64
net.ipv4.ip_forward 1
net.ipv4.ip_local_port_range 32768 60999
net.ipv4.ip_nonlocal_bind 0
net.ipv4.ip_unprivileged_port_start 1024
net.ipv4.ping_group_range 1 0
net.ipv4.tcp_abort_on_overflow 0
net.ipv4.tcp_congestion_control cubic
net.ipv4.tcp_ecn 2
net.ipv4.tcp_fastopen 1
net.ipv4.tcp_fin_timeout 60
net.ipv4.tcp_keepalive_intvl 75
net.ipv4.tcp_keepalive_probes 9
net.ipv4.tcp_keepalive_time 7200
net.ipv4.tcp_max_syn_backlog 256
net.ipv4.tcp_max_tw_buckets 16384
net.ipv4.tcp_mtu_probing 0
net.ipv4.tcp_retries1 3
net.ipv4.tcp_retries2 15
net.ipv4.tcp_rmem 4096 131072 6291456
net.ipv4.tcp_sack 1
net.ipv4.tcp_slow_start_after_idle 1
net.ipv4.tcp_syn_retries 6
net.ipv4.tcp_synack_retries 5
net.ipv4.tcp_syncookies 1
net.ipv4.tcp_timestamps 1
net.ipv4.tcp_tw_reuse 2
net.ipv4.tcp_window_scaling 1
net.ipv4.tcp_wmem 4096 16384 4194304
net.ipv6.bindv6only 0
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
      .map((line): [string, Setting] => {
        const [name = '', ...values] = line.split(' ');
        return [name, { of, initial: values.join('\t') }];
      }),
  ),
);

/** What a setting says, without a newline. */
export function settingIn(kept: Settings, name: string): string {
  return kept.get(name) ?? settings.get(name)?.initial ?? '';
}

/** A setting's numbers. */
export function numbersIn(kept: Settings, name: string): readonly number[] {
  return settingIn(kept, name).split('\t').map(Number);
}

/** EINVAL for a word where numbers belong. Of several numbers those that are not given stay. Linux: proc_dointvec(). */
export function writeSetting(kept: Settings, name: string, text: string): void {
  const before = settingIn(kept, name).split('\t');
  const given = text.trim().split(/\s+/);
  if (before.every(isNumber)) {
    if (!given.every(isNumber)) throw new Errno('EINVAL');
    kept.set(name, before.map((value, index) => given[index] ?? value).join('\t'));
  } else kept.set(name, text.trim());
}

function isNumber(text: string): boolean {
  return /^-?\d+$/.test(text);
}
