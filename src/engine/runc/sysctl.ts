/**
 * Which of /proc/sys a container may set: what is its namespaces' own. runc: libcontainer/configs/validate, sysctl().
 */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { goQuote } from '../go-text.ts';
import { RuncError } from './error.ts';
import { hasNamespace } from './spec.ts';
import type { Spec } from './spec.ts';

const interprocess = /^(?:kernel\.(?:msg(?:max|mnb|mni)|sem|shm(?:all|max|mni|_rmid_forced))|fs\.mqueue\..*)$/;

/** Throws a RuncError for one that is the host's. */
export function* checkSysctls(spec: Spec): Running<void> {
  for (const name of Object.keys(spec.linux?.sysctl ?? {})) {
    const because = yield* refusalOf(name.replaceAll('/', '.'), spec);
    if (because !== undefined) throw new RuncError(`sysctl ${goQuote(name)} ${because}`);
  }
}

function* refusalOf(name: string, spec: Spec): Running<string | undefined> {
  if (interprocess.test(name))
    return hasNamespace(spec, 'ipc') ? undefined : 'is not allowed in the hosts ipc namespace';
  if (name.startsWith('net.'))
    return (yield* isInOwnNetwork(spec)) ? undefined : 'not allowed in host network namespace';
  if (hasNamespace(spec, 'uts')) {
    if (name === 'kernel.domainname') return undefined;
    if (name === 'kernel.hostname') return 'is not allowed as it conflicts with the OCI "hostname" field';
  }
  return 'is not in a separate kernel namespace';
}

/** "Host" is who runs runc. runc: isHostNetNS(). */
function* isInOwnNetwork({ linux }: Spec): Running<boolean> {
  const network = (linux?.namespaces ?? []).find(({ type }) => type === 'network');
  if (network === undefined) return false;
  const { path = '' } = network;
  if (path === '') return true;
  try {
    return (yield* sys.stat(path)).inode !== (yield* sys.stat('/proc/self/ns/net')).inode;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new RuncError(`invalid netns path: stat ${path}: no such file or directory`);
    throw error;
  }
}
