/** The command line of dockerd. moby: cmd/dockerd, installConfigFlags(), newDaemonCommand(). */
import { flag } from '../docker/command.ts';
import type { Flag, FlagKind } from '../docker/command.ts';
import { flagUsages } from '../docker/flag-usages.ts';
import { parseFlags } from '../docker/pflag.ts';
import type { ParsedFlags } from '../docker/pflag.ts';

/** Why dockerd does not start, as it says it. */
export class UsageError extends Error {}

/** Reads the words after the program's name. @throws UsageError. */
export function readDaemonFlags(words: readonly string[]): ParsedFlags {
  const parsed = parseFlags(flags, words, true);
  if (parsed.type === 'error') throw new UsageError(`Status: ${parsed.message}\nSee 'dockerd --help'., Code: 125\n`);
  if (parsed.args.length > 0)
    throw new UsageError(
      `"dockerd" accepts no argument(s).\nSee 'dockerd --help'.\n\nUsage:  dockerd [OPTIONS]\n\n${about}\n`,
    );
  return parsed.flags;
}

/** What `dockerd --help` says on a terminal of this width. */
export function daemonHelp(width: number): string {
  const lines = rows.map(([names, word, text, standard]): [string, string] => {
    const [first = '', second] = names.split(' ');
    const name = second === undefined ? `      --${first}` : `  -${first}, --${second}`;
    return [word === '' ? name : `${name} ${word}`, standard === undefined ? text : `${text} (default ${standard})`];
  });
  return `\nUsage:\tdockerd [OPTIONS]\n\n${about}\n\nOptions:\n${flagUsages(lines, width)}`;
}

const about = 'A self-sufficient runtime for containers.';

/** Names, the word for what it takes, what it does, what it is when nobody says. */
const rows: readonly (readonly [names: string, word: string, text: string, standard?: string])[] = [
  ['add-runtime', 'runtime', 'Register an additional OCI compatible runtime', '[]'],
  ['allow-nondistributable-artifacts', 'list', 'Allow push of nondistributable artifacts to registry'],
  ['api-cors-header', 'string', 'Set CORS headers in the Engine API'],
  ['authorization-plugin', 'list', 'Authorization plugins to load'],
  ['bip', 'string', 'Specify network bridge IP'],
  ['b bridge', 'string', 'Attach containers to a network bridge'],
  ['cdi-spec-dir', 'list', 'CDI specification directories to use'],
  ['cgroup-parent', 'string', 'Set parent cgroup for all containers'],
  ['config-file', 'string', 'Daemon configuration file', '"/etc/docker/daemon.json"'],
  ['containerd', 'string', 'containerd grpc address'],
  ['containerd-namespace', 'string', 'Containerd namespace to use', '"moby"'],
  ['containerd-plugins-namespace', 'string', 'Containerd namespace to use for plugins', '"plugins.moby"'],
  [
    'cpu-rt-period',
    'int',
    'Limit the CPU real-time period in microseconds for the parent cgroup for all containers (not supported with cgroups v2)',
  ],
  [
    'cpu-rt-runtime',
    'int',
    'Limit the CPU real-time runtime in microseconds for the parent cgroup for all containers (not supported with cgroups v2)',
  ],
  ['cri-containerd', '', 'start containerd with cri'],
  ['data-root', 'string', 'Root directory of persistent Docker state', '"/var/lib/docker"'],
  ['D debug', '', 'Enable debug mode'],
  ['default-address-pool', 'pool-options', 'Default address pools for node specific local networks'],
  ['default-cgroupns-mode', 'string', 'Default mode for containers cgroup namespace ("host" | "private")', '"host"'],
  ['default-gateway', 'ip', 'Container default gateway IPv4 address'],
  ['default-gateway-v6', 'ip', 'Container default gateway IPv6 address'],
  ['default-ipc-mode', 'string', 'Default mode for containers ipc ("shareable" | "private")', '"private"'],
  ['default-network-opt', 'mapmap', 'Default network options', 'map[]'],
  ['default-runtime', 'string', 'Default OCI runtime for containers', '"runc"'],
  ['default-shm-size', 'bytes', 'Default shm size for containers', '64MiB'],
  ['default-ulimit', 'ulimit', 'Default ulimits for containers', '[]'],
  ['dns', 'ipSlice', 'DNS server to use', '[]'],
  ['dns-opt', 'list', 'DNS options to use'],
  ['dns-search', 'list', 'DNS search domains to use'],
  ['exec-opt', 'list', 'Runtime execution options'],
  ['exec-root', 'string', 'Root directory for execution state files', '"/var/run/docker"'],
  ['experimental', '', 'Enable experimental features'],
  ['fixed-cidr', 'string', 'IPv4 subnet for fixed IPs'],
  ['fixed-cidr-v6', 'string', 'IPv6 subnet for fixed IPs'],
  ['G group', 'string', 'Group for the unix socket', '"docker"'],
  ['help', '', 'Print usage'],
  ['H host', 'list', 'Daemon socket(s) to connect to'],
  [
    'host-gateway-ip',
    'ip',
    "IP address that the special 'host-gateway' string in --add-host resolves to. Defaults to the IP address of the default bridge",
  ],
  ['http-proxy', 'string', 'HTTP proxy URL to use for outgoing traffic'],
  ['https-proxy', 'string', 'HTTPS proxy URL to use for outgoing traffic'],
  ['icc', '', 'Enable inter-container communication', 'true'],
  ['init', '', 'Run an init in the container to forward signals and reap processes'],
  ['init-path', 'string', 'Path to the docker-init binary'],
  ['insecure-registry', 'list', 'Enable insecure registry communication'],
  ['ip', 'ip', 'Default IP when binding container ports', '0.0.0.0'],
  ['ip-forward', '', 'Enable net.ipv4.ip_forward', 'true'],
  ['ip-masq', '', 'Enable IP masquerading', 'true'],
  ['ip6tables', '', 'Enable addition of ip6tables rules (experimental)'],
  ['iptables', '', 'Enable addition of iptables rules', 'true'],
  ['ipv6', '', 'Enable IPv6 networking'],
  ['label', 'list', 'Set key=value labels to the daemon'],
  ['live-restore', '', 'Enable live restore of docker when containers are still running'],
  ['log-driver', 'string', 'Default driver for container logs', '"json-file"'],
  ['log-format', 'string', 'Set the logging format ("text"|"json")', '"text"'],
  ['l log-level', 'string', 'Set the logging level ("debug"|"info"|"warn"|"error"|"fatal")', '"info"'],
  ['log-opt', 'map', 'Default log driver options for containers', 'map[]'],
  ['max-concurrent-downloads', 'int', 'Set the max concurrent downloads', '3'],
  ['max-concurrent-uploads', 'int', 'Set the max concurrent uploads', '5'],
  ['max-download-attempts', 'int', 'Set the max download attempts for each pull', '5'],
  ['metrics-addr', 'string', 'Set default address and port to serve the metrics api on'],
  ['mtu', 'int', 'Set the MTU for the default "bridge" network', '1500'],
  ['network-control-plane-mtu', 'int', 'Network Control plane MTU', '1500'],
  ['no-new-privileges', '', 'Set no-new-privileges by default for new containers'],
  ['no-proxy', 'string', 'Comma-separated list of hosts or IP addresses for which the proxy is skipped'],
  ['node-generic-resource', 'list', 'Advertise user-defined resource'],
  ['p pidfile', 'string', 'Path to use for daemon PID file', '"/var/run/docker.pid"'],
  ['raw-logs', '', 'Full timestamps without ANSI coloring'],
  ['registry-mirror', 'list', 'Preferred Docker registry mirror'],
  ['rootless', '', 'Enable rootless mode; typically used with RootlessKit'],
  [
    'seccomp-profile',
    'string',
    'Path to seccomp profile. Set to "unconfined" to disable the default seccomp profile',
    '"builtin"',
  ],
  ['selinux-enabled', '', 'Enable selinux support'],
  ['shutdown-timeout', 'int', 'Set the default shutdown timeout', '15'],
  ['s storage-driver', 'string', 'Storage driver to use'],
  ['storage-opt', 'list', 'Storage driver options'],
  ['swarm-default-advertise-addr', 'string', 'Set default address or interface for swarm advertised address'],
  ['tls', '', 'Use TLS; implied by --tlsverify'],
  ['tlscacert', 'string', 'Trust certs signed only by this CA', '"/root/.docker/ca.pem"'],
  ['tlscert', 'string', 'Path to TLS certificate file', '"/root/.docker/cert.pem"'],
  ['tlskey', 'string', 'Path to TLS key file', '"/root/.docker/key.pem"'],
  ['tlsverify', '', 'Use TLS and verify the remote'],
  ['userland-proxy', '', 'Use userland proxy for loopback traffic', 'true'],
  ['userland-proxy-path', 'string', 'Path to the userland proxy binary', '"/usr/sbin/docker-proxy"'],
  ['userns-remap', 'string', 'User/Group setting for user namespaces'],
  ['validate', '', 'Validate daemon configuration and exit'],
  ['v version', '', 'Print version information and quit'],
];

/** How the values are read, where the word does not say it. */
const kinds: Readonly<Record<string, FlagKind>> = {
  '': 'bool',
  string: 'string',
  ip: 'string',
  int: 'int',
  bytes: 'bytes',
  ulimit: 'ulimit',
};

const flags: readonly Flag[] = rows.map(([names, word, text, standard = '']) =>
  flag(names, kinds[word] ?? 'list', text, 'modelled', { printedDefault: standard }),
);

const heeded: ReadonlySet<string> = new Set(
  (
    'config-file containerd debug help host init live-restore log-level shutdown-timeout userland-proxy ' +
    'userland-proxy-path validate version'
  ).split(' '),
);

/** The flags that were given and change nothing here, as they were typed. */
export function unheeded(given: ParsedFlags): readonly string[] {
  return [...given.typed].flatMap(([name, typed]) => (heeded.has(name) ? [] : [typed]));
}
