/** `docker update`. docker: cli/command/container/update.go. */
import type { Running } from '../../kernel/abi.ts';
import type { UpdateRequest } from '../dockerd/update.ts';
import type { DockerCommand } from './arguments.ts';
import { call, CommandFailed, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { restartPolicy } from './container-config.ts';
import { forEach } from './each-container.ts';
import { numberFlag, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';
import { checkRestart } from './run-checks.ts';

export function* updateCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  if (flags.typed.size === 0)
    throw new CommandFailed('you must provide one or more flags when using this command\n', 1);
  const refusal = checkRestart(flags);
  if (refusal !== undefined) throw new CommandFailed(`${refusal}\n`, 1);
  const body = requestOf(flags);
  return yield* forEach(args, function* (name) {
    yield* call(docker, { method: 'POST', target: target(`/containers/${name}/update`), body });
    return name;
  });
}

function requestOf(flags: ParsedFlags): UpdateRequest {
  const policy = stringFlag(flags, 'restart');
  return {
    BlkioWeight: numberFlag(flags, 'blkio-weight'),
    CpuShares: numberFlag(flags, 'cpu-shares'),
    NanoCpus: numberFlag(flags, 'cpus'),
    CpuPeriod: numberFlag(flags, 'cpu-period'),
    CpuQuota: numberFlag(flags, 'cpu-quota'),
    CpusetCpus: stringFlag(flags, 'cpuset-cpus'),
    CpusetMems: stringFlag(flags, 'cpuset-mems'),
    Memory: numberFlag(flags, 'memory'),
    MemoryReservation: numberFlag(flags, 'memory-reservation'),
    MemorySwap: numberFlag(flags, 'memory-swap'),
    // 0 is as if nothing were said.
    PidsLimit: numberFlag(flags, 'pids-limit') || null,
    RestartPolicy: policy === '' ? { Name: '', MaximumRetryCount: 0 } : restartPolicy(policy),
  };
}
