/** What `docker inspect` says of containers, against their state and what the kernel has told of their ends. */
import { containersOf } from '../journal/look-up.ts';
import type { ContainerState, World } from '../journal/world.ts';
import type { Complaint } from './agreement.ts';
import type { End } from './ends.ts';

/** `State`, as far as it is compared. */
export interface StateSaid {
  readonly Status: string;
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly Restarting: boolean;
  readonly OOMKilled: boolean;
  readonly Dead: boolean;
  readonly Pid: number;
  readonly ExitCode: number;
}

/** Field by field, a sentence for each that is not as it must be. */
export function wrongInspections(
  world: World,
  inspected: ReadonlyMap<string, StateSaid>,
  endOf: (id: string) => End | undefined,
): readonly Complaint[] {
  return containersOf(world).flatMap((container) => {
    const said = inspected.get(container.id);
    const about = `container ${container.name} is ${container.status} for dockerd`;
    const say = (text: string): Complaint => ({
      of: container.id,
      kind: 'answers',
      text: `${about}, ${text}`,
      what: '',
    });
    if (said === undefined) return [say('and docker inspect does not know it')];
    const wanted = wantedOf(container, endOf(container.id));
    return Object.entries(wanted)
      .filter(([field, value]) => said[field as keyof StateSaid] !== value)
      .map(([field, value]) =>
        say(`${field} is to be ${value}, and docker inspect says ${said[field as keyof StateSaid]}`),
      );
  });
}

function wantedOf({ status, taskPid }: ContainerState, end: End | undefined): Partial<StateSaid> {
  const isUp = status === 'running' || status === 'paused';
  return {
    Status: status,
    Running: isUp || status === 'restarting',
    Paused: status === 'paused',
    Restarting: status === 'restarting',
    Dead: status === 'dead',
    Pid: isUp ? taskPid : 0,
    ...(isUp || end === undefined ? {} : { ExitCode: end.exitCode, OOMKilled: end.oomKilled }),
  };
}
