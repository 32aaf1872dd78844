/** What is said of containers, against their state and what the kernel has told of their ends. */
import { containersOf } from '../journal/look-up.ts';
import type { ContainerState, World } from '../journal/world.ts';
import type { Complaint } from './agreement.ts';
import { textOf } from './disk.ts';
import type { End } from './ends.ts';
import type { Kernel } from '../kernel/kernel.ts';

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

/** `docker inspect`, or what is written on dockerd's disk: `State`, by container id. */
export type Said = ReadonlyMap<string, Partial<StateSaid> | 'damaged'>;

/** What the next dockerd would read. */
export function saidOnDisk(kernel: Kernel, world: World): Said {
  const texts = containersOf(world).map(
    ({ id }) => [id, textOf(kernel, `/var/lib/docker/containers/${id}/config.v2.json`)] as const,
  );
  return new Map(
    texts.map(([id, text]) => [
      id,
      text === '' ? ('damaged' as const) : (JSON.parse(text) as { readonly State: StateSaid }).State,
    ]),
  );
}

/** Field by field, a sentence for each that is not as it must be. */
export function wrongInspections(
  world: World,
  who: 'docker inspect' | 'its record',
  inspected: Said,
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
    if (said === undefined) return [say(`and ${who} does not know it`)];
    if (said === 'damaged') return [];
    const wanted = Object.entries(wantedOf(container, endOf(container.id)));
    // dockerd makes that word of the other fields when it is asked.
    const isAsked = (field: string): boolean => who === 'docker inspect' || field !== 'Status';
    return wanted.flatMap(([field, values]) => {
      if (!isAsked(field)) return [];
      const is = said[field as keyof StateSaid];
      return is !== undefined && values.includes(is)
        ? []
        : [say(`${field} is to be ${values.join(' or ')}, and ${who} says ${is}`)];
    });
  });
}

/** Which values each field may have. */
function wantedOf(
  { status, taskPid }: ContainerState,
  end: End | undefined,
): Readonly<Partial<Record<keyof StateSaid, readonly (string | number | boolean)[]>>> {
  const isUp = status === 'running' || status === 'paused';
  return {
    Status: [status],
    Running: [isUp || status === 'restarting'],
    Paused: [status === 'paused'],
    Restarting: [status === 'restarting'],
    // A removal that dockerd's own death has cut short marks also who lives (asked of 26.1.5).
    Dead: isUp ? [false, true] : [status === 'dead'],
    Pid: [isUp ? taskPid : 0],
    ...(isUp || end === undefined ? {} : { ExitCode: end.exitCodes, OOMKilled: [end.oomKilled] }),
  };
}
