/** Where docker-init is, which becomes pid 1 of a container that was run with `--init`. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import { lookPath } from '../../programs/spawn.ts';
import { serverError } from './api-error.ts';
import type { HostConfig } from './records.ts';

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/**
 * The path on the host; null for a container without. Throws os/exec's words when there is none (asked of a real
 * engine). moby: config.LookupInitPath(), which WithCommonOptions() asks before anything is sent to containerd.
 *
 * @param usual whether a container that does not say gets one: `init` of daemon.json.
 */
export function* initPathOf(host: HostConfig, usual: boolean): Running<string | null> {
  if (!runsInit(host, usual)) return null;
  try {
    return yield* lookPath('docker-init', environment);
  } catch (error) {
    if (isErrno(error)) throw serverError('exec: "docker-init": executable file not found in $PATH');
    throw error;
  }
}

/** Only where the container has pids of its own. */
function runsInit({ Init, PidMode }: HostConfig, usual: boolean): boolean {
  return (Init ?? usual) && PidMode === '';
}
