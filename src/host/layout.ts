/**
 * The host's disk as the packages leave it: directories, devices, the engine's programs, unit files, the tools of a
 * small Debian.
 */
import { unitFiles } from '../engine/systemd/unit-files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { layUsers } from './user-files.ts';
import { elf } from '../kernel/task/execve.ts';
import { makeDevice, makeDirectory, makeFile, makeSymlink } from '../kernel/vfs/host-files.ts';
import { resolve } from '../kernel/vfs/vfs.ts';
import { hostFiles } from '../programs/programs.ts';
import { engineBinaries } from './programs.ts';

/** The package's, by which nothing is set. */
const defaultsOfDocker = `# Use DOCKER_OPTS to modify the daemon startup options.
#DOCKER_OPTS="--dns 8.8.8.8 --dns 8.8.4.4"
`;

const directories = [
  '/boot',
  '/dev',
  '/dev/pts',
  '/dev/shm',
  '/etc',
  '/etc/default',
  '/etc/docker',
  '/etc/systemd',
  '/etc/systemd/system',
  '/etc/systemd/system/multi-user.target.wants',
  '/etc/systemd/system/sockets.target.wants',
  '/home',
  '/mnt',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/srv',
  '/sys',
  '/tmp',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/lib/systemd',
  '/usr/lib/systemd/system',
  '/usr/lib64',
  '/usr/local',
  '/usr/local/bin',
  '/usr/sbin',
  '/var',
  '/var/lib',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/log',
  '/var/log/journal',
  '/var/tmp',
];

const devices = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['kmsg', 1, 11],
  ['tty', 5, 0],
  ['console', 5, 1],
  ['ptmx', 5, 2],
] as const;
const hypervisorConsole = 229;

/** The modelled host, as `docker info` tells of it. */
const release = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

/** Furnishes an empty root file system. */
export function layOutHost(kernel: Kernel, hostname: string): void {
  for (const path of directories) makeDirectory(kernel, path);
  for (const path of ['/tmp', '/var/tmp']) resolve(kernel, null, path).dentry.inode.attributes.mode = 0o1777;
  for (const path of ['/root', '/var/lib/containerd']) resolve(kernel, null, path).dentry.inode.attributes.mode = 0o700;
  resolve(kernel, null, '/var/lib/docker').dentry.inode.attributes.mode = 0o710;
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) makeSymlink(kernel, `/${name}`, `usr/${name}`);
  makeSymlink(kernel, '/var/run', '/run');
  makeSymlink(kernel, '/dev/fd', '/proc/self/fd');
  for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries())
    makeSymlink(kernel, `/dev/${name}`, `/proc/self/fd/${fd}`);
  for (const [name, major, minor] of devices) makeDevice(kernel, `/dev/${name}`, major, minor);
  for (const { path, program, size } of engineBinaries) makeFile(kernel, path, elf(program), 0o755, size);
  makeFile(kernel, '/usr/lib/systemd/systemd', elf('systemd'), 0o755, 100_000);
  makeSymlink(kernel, '/usr/sbin/init', '../lib/systemd/systemd');
  for (const [name, text] of Object.entries(unitFiles)) {
    makeFile(kernel, `/usr/lib/systemd/system/${name}`, text);
    const target = name.endsWith('.socket') ? 'sockets.target' : 'multi-user.target';
    makeSymlink(kernel, `/etc/systemd/system/${target}.wants/${name}`, `/usr/lib/systemd/system/${name}`);
  }
  makeFile(kernel, '/usr/lib/os-release', release);
  makeSymlink(kernel, '/etc/os-release', '../usr/lib/os-release');
  makeFile(kernel, '/etc/hostname', `${hostname}\n`);
  makeFile(kernel, '/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${hostname}\n`);
  makeFile(kernel, '/etc/resolv.conf', 'nameserver 10.0.2.3\n');
  makeFile(kernel, '/etc/default/docker', defaultsOfDocker);
  layUsers(kernel);
  for (const { path, content, mode, nominalSize } of hostFiles) makeFile(kernel, path, content, mode, nominalSize);
}

/**
 * A line out of the machine for standard output, and one for standard error: hypervisor consoles /dev/hvc2N and 2N+1.
 */
export function layLine(kernel: Kernel, line: number): void {
  for (const minor of [2 * line, 2 * line + 1]) makeDevice(kernel, `/dev/hvc${minor}`, hypervisorConsole, minor);
}
