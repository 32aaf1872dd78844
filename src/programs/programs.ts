/** The programs of the simulated machine, and the files that carry them on the host. */
import type { Program } from '../kernel/abi.ts';
import { elf } from '../kernel/task/execve.ts';
import { busyboxMain } from './busybox/main.ts';
import { segvMain } from './segv.ts';
import { dashMain } from './sh/main.ts';
import { toolPrograms } from './tools/tools.ts';

/** What an executable file can name → the program. */
export const hostPrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['sh', dashMain],
  ['busybox', busyboxMain],
  ['segv', segvMain],
  ...toolPrograms,
]);

/** One file of the host's disk. */
export interface HostFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  readonly nominalSize?: number;
}

/** For who looks after the machine: not on everybody's PATH. */
const inSbin: ReadonlySet<string> = new Set([
  'brctl',
  'capsh',
  'chroot',
  'getpcaps',
  'nologin',
  'pivot_root',
  'service',
  'sysctl',
]);

/**
 * Where Debian's packages have them: in /usr/bin and /usr/sbin, as /bin and /sbin are that. busybox is in images only,
 * and segv is nobody's package.
 */
export const hostFiles: readonly HostFile[] = [
  ...[...hostPrograms.keys()]
    .filter((name) => name !== 'busybox' && name !== 'segv')
    .map((name) => ({
      path: `/usr/${inSbin.has(name) ? 'sbin' : 'bin'}/${name}`,
      content: elf(name),
      mode: 0o755,
      nominalSize: name === 'sh' ? 125_688 : 43_808,
    })),
  { path: '/root/segv', content: elf('segv'), mode: 0o755, nominalSize: 15_952 },
];
