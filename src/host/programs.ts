/** Every program that an executable file of this machine can name. */
import type { Program } from '../kernel/abi.ts';
import { footprint, type Footprint } from '../kernel/memory/footprint.ts';
import { whateverIsHeard } from '../engine/broken-output.ts';
import { ctrProgram } from '../engine/ctr/main.ts';
import { containerdProgram } from '../engine/containerd/main.ts';
import { dockerProgram } from '../engine/docker/main.ts';
import { dockerProxyProgram } from '../engine/docker-proxy/main.ts';
import { dockerdWith } from '../engine/dockerd/main.ts';
import { runcProgram } from '../engine/runc/main.ts';
import { shimProgram } from '../engine/shim/main.ts';
import { journalctlProgram } from '../engine/systemd/journalctl.ts';
import { systemctlProgram } from '../engine/systemd/systemctl.ts';
import { cglsProgram } from '../engine/systemd/systemd-cgls.ts';
import { registryImages } from '../programs/images/registry.ts';
import { helloMain } from '../programs/servers/hello.ts';
import { nginxMain } from '../programs/servers/nginx.ts';
import { redisMain } from '../programs/servers/redis.ts';
import { redisCliMain } from '../programs/servers/redis-cli.ts';
import { iptables, iptablesSave } from '../programs/tools/iptables.ts';
import { guarded } from '../programs/tools/tools.ts';
import { tiniMain } from '../programs/tini/main.ts';
import { hostPrograms } from '../programs/programs.ts';

export const machinePrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...hostPrograms,
  ['hello', helloMain],
  ['nginx', nginxMain],
  ['redis-server', redisMain],
  ['redis-cli', redisCliMain],
  ['ctr', ctrProgram],
  ['docker', dockerProgram],
  ['docker-proxy', dockerProxyProgram],
  ['iptables', guarded('iptables', iptables)],
  ['iptables-save', guarded('iptables-save', iptablesSave)],
  ['dockerd', dockerdWith(registryImages)],
  ['containerd', containerdProgram],
  ['containerd-shim-runc-v2', shimProgram],
  ['runc', runcProgram],
  ['systemctl', (argv, env) => whateverIsHeard(() => systemctlProgram(argv, env))],
  ['systemd-cgls', (argv, env) => whateverIsHeard(() => cglsProgram(argv, env))],
  ['journalctl', (argv, env) => whateverIsHeard(() => journalctlProgram(argv, env))],
  ['docker-init', tiniMain],
]);

/**
 * What they take in memory, roughly as on the recorded host: Go's daemons have runtimes, heaps and much address space.
 * All others count as a small C program.
 */
export const machineFootprints: ReadonlyMap<string, Footprint> = new Map([
  ['systemd', footprint(5, 8, 22)],
  ['dockerd', footprint(34, 45, 1850)],
  ['containerd', footprint(20, 28, 1800)],
  ['containerd-shim-runc-v2', footprint(6, 7, 1210)],
  ['runc', footprint(6, 7, 1180)],
  ['docker', footprint(10, 20, 1840)],
  ['nginx', footprint(2, 5, 11)],
  ['redis-server', footprint(3, 6, 53)],
]);

/** Where the packages of the engine and of systemd install them, with the size that `ls -l` shows. */
export const engineBinaries: readonly { readonly path: string; readonly program: string; readonly size: number }[] = [
  { path: '/usr/bin/docker', program: 'docker', size: 37_000_000 },
  { path: '/usr/sbin/dockerd', program: 'dockerd', size: 96_000_000 },
  { path: '/usr/sbin/docker-proxy', program: 'docker-proxy', size: 1_800_000 },
  { path: '/usr/sbin/iptables', program: 'iptables', size: 228_816 },
  { path: '/usr/sbin/iptables-save', program: 'iptables-save', size: 228_816 },
  { path: '/usr/bin/ctr', program: 'ctr', size: 22_000_000 },
  { path: '/usr/bin/containerd', program: 'containerd', size: 52_000_000 },
  { path: '/usr/bin/containerd-shim-runc-v2', program: 'containerd-shim-runc-v2', size: 13_000_000 },
  { path: '/usr/bin/docker-init', program: 'docker-init', size: 777_000 },
  { path: '/usr/sbin/runc', program: 'runc', size: 12_000_000 },
  { path: '/usr/bin/systemctl', program: 'systemctl', size: 1_500_000 },
  { path: '/usr/bin/systemd-cgls', program: 'systemd-cgls', size: 22_776 },
  { path: '/usr/bin/journalctl', program: 'journalctl', size: 100_000 },
];
