/** `docker update`: other limits, while it runs or not, and another restart policy. moby: daemon/update.go. */
import type { Running } from '../../kernel/abi.ts';
import { methods } from '../wire/containerd-api.ts';
import { callRpc } from '../wire/rpc.ts';
import { answerOf, ApiError, conflict, serverError } from './api-error.ts';
import { isRunning, untilUnlocked, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { checkpoint, save } from './disk.ts';
import { emitContainerEvent } from './events.ts';
import type { HostConfig } from './records.ts';
import { checkLimits, checkRestartPolicy, limitsOf, ociLimits } from './resources.ts';
import type { Limits, RestartPolicy } from './resources.ts';

/** The body of POST /containers/{id}/update: limits, and a restart policy. */
export type UpdateRequest = Partial<Limits> & { readonly RestartPolicy?: RestartPolicy };

/**
 * Changes what is given and leaves the rest. A running container's cgroup is changed by runc, through containerd.
 * Throws an ApiError: 400 for limits that cannot be, 404 without the container, 409 for what conflicts with what is
 * set, 500 when runc refuses.
 */
export function* updateContainer(daemon: Daemon, name: string, request: UpdateRequest): Running<unknown> {
  const policy = request.RestartPolicy ?? { Name: '', MaximumRetryCount: 0 };
  const given = limitsOf(unlimitedPids(request));
  checkLimits(given, true);
  checkRestartPolicy(policy);
  const container = findContainer(daemon, name);
  yield* untilUnlocked(container);
  const before = container.host;
  try {
    refuseConflicts(container, given, policy);
    yield* whileLocked(container, function* () {
      container.host = updatedHost(before, given, policy);
      yield* save(container);
    });
    // runc works without the lock: an update that hangs is in nobody's way.
    if (isRunning(container) && !container.record.State.Restarting) {
      yield* callRpc(daemon.containerd, methods.tasksUpdate, {
        container_id: container.record.ID,
        resources: { type_url: resourcesType, value: ociLimits(given) },
      });
    }
  } catch (error) {
    yield* whileLocked(container, function* () {
      container.host = before;
      yield* checkpoint(container);
    });
    throw cannotUpdate(container, error);
  }
  yield* emitContainerEvent(daemon.events, container, 'update');
  return { Warnings: null };
}

const resourcesType = 'types.containerd.io/opencontainers/runtime-spec/1/LinuxResources';

/** 0 and -1 both mean: no limit. moby: postContainerUpdate(). */
function unlimitedPids(request: UpdateRequest): UpdateRequest {
  const { PidsLimit } = request;
  return typeof PidsLimit === 'number' && PidsLimit <= 0 ? { ...request, PidsLimit: 0 } : request;
}

/** moby: container.UpdateContainer(). */
function refuseConflicts({ record, host }: Container, given: Limits, policy: RestartPolicy): void {
  const present = limitsOf(host);
  if (record.State.RemovalInProgress || record.State.Dead)
    throw serverError('container is marked for removal and cannot be "update"');
  const conflicting = (what: string, by: string): ApiError =>
    conflict(`Conflicting options: ${what} cannot be updated as ${by} has already been set`);
  if (given.NanoCpus > 0 && present.CpuPeriod > 0) throw conflicting('Nano CPUs', 'CPU Period');
  if (given.NanoCpus > 0 && present.CpuQuota > 0) throw conflicting('Nano CPUs', 'CPU Quota');
  if (given.CpuPeriod > 0 && present.NanoCpus > 0) throw conflicting('CPU Period', 'NanoCPUs');
  if (given.CpuQuota > 0 && present.NanoCpus > 0) throw conflicting('CPU Quota', 'NanoCPUs');
  if (given.Memory !== 0 && given.Memory > present.MemorySwap && given.MemorySwap === 0)
    throw conflict(
      'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time',
    );
  if (host.AutoRemove && policy.Name !== '' && policy.Name !== 'no')
    throw conflict('Restart policy cannot be updated because AutoRemove is enabled for the container');
}

function updatedHost(before: HostConfig, given: Limits, policy: RestartPolicy): HostConfig {
  // 0 processes is a limit that was given: none.
  const isSet = ([name, value]: readonly [string, unknown]): boolean =>
    value !== '' && value !== null && (value !== 0 || name === 'PidsLimit');
  const set = Object.entries(given).filter(isSet);
  return { ...before, ...Object.fromEntries(set), ...(policy.Name === '' ? {} : { RestartPolicy: policy }) };
}

function cannotUpdate({ record }: Container, error: unknown): ApiError {
  const { status, message } = answerOf(error);
  return new ApiError(status, `Cannot update container ${record.ID}: ${message}`);
}
