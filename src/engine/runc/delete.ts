/** `runc delete`: what remains of a container is removed; with `--force` its process is killed first. */
import { removeTree } from '../directories.ts';
import type { Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { runcDurations } from '../durations.ts';
import { pidsIn, removeCgroup } from './cgroup.ts';
import { RuncError } from './error.ts';
import { runHooks } from './hooks.ts';
import type { RuncOptions } from './options.ts';
import { bundleOf, cgroupOf, startTimeOf } from './state.ts';
import type { ContainerState } from './state.ts';

/** SIGKILL, and the wait for its effect: ten seconds at most. */
export function* killAndWait(state: ContainerState): Running<void> {
  yield* killIfThere(state.init_process_pid, 'SIGKILL');
  for (let tries = 0; tries < 100; tries += 1) {
    if ((yield* startTimeOf(state.init_process_pid)) === -1) return;
    yield* sys.delay(100_000_000);
  }
  throw new RuncError('container init still running');
}

/** Sends a signal; a process that has gone meanwhile needs none. */
export function* killIfThere(pid: number, signal: SignalName | 0): Running<void> {
  try {
    yield* sys.kill(pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

/** Removes its cgroup and its files, then runs the poststop hooks. runc: state_linux.go, destroy(). */
export function* removeContainer(options: RuncOptions, state: ContainerState): Running<void> {
  // The end of its first process ends the others only where it was a pid namespace's pid 1.
  const ownsPids = state.config.namespaces.some(({ type, path }) => type === 'NEWPID' && path === '');
  if (!ownsPids) for (const pid of yield* pidsIn(cgroupOf(state))) yield* killIfThere(pid, 'SIGKILL');
  yield* removeCgroup({ path: cgroupOf(state), unit: state.config.cgroups.unit });
  yield* removeTree(`${options.root}/${state.id}`);
  const told = { id: state.id, status: 'stopped', bundle: bundleOf(state) } as const;
  yield* runHooks(state.config.Hooks, 'poststop', told, options.env);
  yield* sys.compute(runcDurations.deleteEnds);
}
