/** What a task's or a process's state does not allow. containerd: pkg/process/init_state.go, exec_state.go. */
import { rpcCode, RpcError } from './rpc.ts';

type Verb = 'start' | 'pause' | 'resume' | 'delete';

/** The refusal in containerd's words, which know fewer states than the machines of tasks and processes have. */
export function refusal(verb: Verb, state: string): RpcError {
  if (state === 'cleaning up after the shim' || state === 'dismissing the shim')
    return new RpcError(rpcCode.unknown, 'ttrpc: closed');
  const known = wordOf(state);
  if (known === 'deleted' && verb === 'delete')
    return new RpcError(rpcCode.notFound, 'cannot delete a deleted process: not found');
  if (known === 'created' && (verb === 'pause' || verb === 'resume'))
    return new RpcError(rpcCode.unknown, `cannot ${verb} task in created state`);
  const hasContainer = verb === 'pause' ? known !== 'deleted' : verb === 'resume' && known === 'stopped';
  return new RpcError(rpcCode.unknown, `cannot ${verb} a ${known} ${hasContainer ? 'container' : 'process'}`);
}

function wordOf(state: string): 'created' | 'running' | 'paused' | 'stopped' | 'deleted' {
  switch (state) {
    case 'running':
      return 'running';
    // Who comes while the freezer works waits there, and finds it done.
    case 'pausing':
    case 'paused':
      return 'paused';
    case 'resuming':
      return 'running';
    case 'stopped':
      return 'stopped';
    case 'deleting':
    case 'deleted':
    case 'failed':
      return 'deleted';
    default:
      return 'created';
  }
}
