/** What daemon.json can have, and of which type each is. moby: daemon/config, Config. */
import { isAddress } from '../addresses.ts';
import { parseBytes } from '../docker/size.ts';
import { flag, integer, listOf, mapOf, own, ownText, structure, text } from '../go-decoder.ts';
import type { Structure } from '../go-decoder.ts';
import { goQuote } from '../go-text.ts';

const int = integer('int');
const int64 = integer('int64');
const texts = listOf(text());
const address = ownText('net.IP', (value) =>
  value === '' || isAddress(value) ? undefined : `invalid IP address: ${value}`,
);
const bytes = own('opts.MemBytes', (value) => {
  if (typeof value !== 'string' || value === '') return `invalid size: ${goQuote(JSON.stringify(value))}`;
  return parseBytes(value) === undefined ? `invalid size: '${value}'` : undefined;
});

const runtime = structure('system.Runtime', { path: text(), runtimeArgs: texts, runtimeType: text() });
const ulimit = structure('units.Ulimit', { Name: text(), Hard: int64, Soft: int64 });
/** The decoder takes its fields for those of Config. */
const addressPool = structure('Config', { base: text(), size: int });
const proxies = structure('config.Proxies', { 'http-proxy': text(), 'https-proxy': text(), 'no-proxy': text() });
const garbageCollection = structure('config.BuilderGCConfig', { Enabled: flag, DefaultKeepStorage: text() });
const builder = structure('config.BuilderConfig', { GC: garbageCollection });

/** By the structure that is embedded in Config, or is Config itself. */
const groups: Readonly<Record<string, Structure['fields']>> = {
  '': {
    'cgroup-parent': text(),
    'cpu-rt-period': int64,
    'cpu-rt-runtime': int64,
    'default-cgroupns-mode': text(),
    'default-ipc-mode': text(),
    'default-shm-size': bytes,
    'default-ulimits': mapOf(ulimit, 'map[string]*units.Ulimit'),
    init: flag,
    'init-path': text(),
    'no-new-privileges': flag,
    runtimes: mapOf(runtime),
    'seccomp-profile': text(),
    'selinux-enabled': flag,
    'userns-remap': text(),
  },
  CommonConfig: {
    'api-cors-header': text(),
    'authorization-plugins': texts,
    builder,
    'cdi-spec-dirs': texts,
    containerd: text(),
    'containerd-namespace': text(),
    'data-root': text(),
    debug: flag,
    'default-runtime': text(),
    'exec-opts': texts,
    'exec-root': text(),
    experimental: flag,
    features: mapOf(flag),
    group: text(),
    hosts: texts,
    labels: texts,
    'live-restore': flag,
    'log-format': text('log.OutputFormat'),
    'log-level': text(),
    'max-concurrent-downloads': int,
    'max-concurrent-uploads': int,
    'max-download-attempts': int,
    'metrics-addr': text(),
    'node-generic-resources': texts,
    pidfile: text(),
    proxies,
    'raw-logs': flag,
    'shutdown-timeout': int,
    'storage-driver': text(),
    'storage-opts': texts,
    'swarm-default-advertise-addr': text(),
    tls: flag,
    tlsverify: flag,
  },
  'CommonConfig.TLSOptions': { tlscacert: text(), tlscert: text(), tlskey: text() },
  'CommonConfig.ServiceOptions': {
    'allow-nondistributable-artifacts': texts,
    'insecure-registries': texts,
    'registry-mirrors': texts,
  },
  'CommonConfig.LogConfig': { 'log-driver': text(), 'log-opts': mapOf(text()) },
  'CommonConfig.DNSConfig': {
    dns: listOf(address),
    'dns-opts': texts,
    'dns-search': texts,
    'host-gateway-ip': address,
  },
  'CommonConfig.NetworkConfig': {
    'default-address-pools': listOf(addressPool, '[]*ipamutils.NetworkToSplit'),
    'default-network-opts': mapOf(mapOf(text())),
    'network-control-plane-mtu': int,
  },
  'CommonConfig.BridgeConfig': {
    'ip-forward': flag,
    'ip-masq': flag,
    ip6tables: flag,
    iptables: flag,
    'userland-proxy': flag,
    'userland-proxy-path': text(),
  },
  'CommonConfig.BridgeConfig.DefaultBridgeConfig': {
    bip: text(),
    'default-gateway': address,
    'default-gateway-v6': address,
    'fixed-cidr-v6': text(),
    icc: flag,
    ip: address,
    ipv6: flag,
    mtu: int,
  },
  'CommonConfig.BridgeConfig.DefaultBridgeConfig.commonBridgeConfig': { bridge: text(), 'fixed-cidr': text() },
};

/** The file, as Go's decoder reads it. */
export const daemonFile: Structure = {
  ...structure('config.Config', Object.assign({}, ...Object.values(groups)) as Structure['fields']),
  embedded: Object.fromEntries(
    Object.entries(groups).flatMap(([owner, fields]) =>
      owner === '' ? [] : Object.keys(fields).map((field) => [field, owner]),
    ),
  ),
};

/** Objects that are one value; the members of another one are directives of their own. moby: flatOptions. */
const whole: ReadonlySet<string> = new Set(
  'builder default-network-opts default-ulimits features log-opts runtimes'.split(' '),
);

/** What the file says, each by the name under which a flag or a field is looked for. moby: configValuesSet(). */
export function directivesOf(file: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(file).flatMap(([name, value]) =>
    typeof value !== 'object' || value === null || Array.isArray(value) || whole.has(name)
      ? [[name, value] as const]
      : Object.entries(value),
  );
}

/** Heeded once, and by nobody any more. moby: skipValidateOptions, and a hidden flag. */
const outdated = ['deprecated-key-path', 'restart'];

/** Whether there is such a directive; `proxies` is known by its members alone. */
export function isDirective(name: string, isFlag: (name: string) => boolean): boolean {
  if (name === 'proxies') return false;
  return Object.hasOwn(daemonFile.fields, name) || isFlag(name) || outdated.includes(name);
}
