import type { DetailLevel } from '../journal/event.ts';
import type { ContainerLife, Life, Lives } from './lives.ts';

/** Which part of the stage a process stands in. */
export type Area = 'systemd' | 'client' | 'daemon' | 'service' | 'shim' | 'helper' | 'tool' | 'container';

/** A process's own spot, for all its life: others come and go around it. */
export interface Placement {
  readonly area: Area;
  /** Row of its container; 0 outside of rows. */
  readonly row: number;
  readonly slot: number;
  /** How deep it is below the container's first process, or a shell. */
  readonly indent: number;
}

/** A container's stretch of a row. */
export interface RowTenancy {
  readonly container: string;
  readonly row: number;
  readonly from: number;
  readonly until: number | null;
}

const insideParts = new Set(['init', 'exec']);
const stageParts = new Set(['runc-init-0', 'runc-init-1', 'exec-init-0', 'exec-init-1', 'setkey']);

export interface Home {
  readonly area: Area;
  readonly container: string;
}

/** Where each process belongs, by what it becomes and by who forked it. */
export function homesOf(lives: Lives): ReadonlyMap<number, Home> {
  const homes = new Map<number, Home>();
  for (const life of lives.all) homes.set(life.pid, homeOf(life, homes.get(life.forkedBy)));
  return homes;
}

function homeOf(life: Life, forker: Home | undefined): Home {
  const { part, container } = life.role;
  if (life.pid === 1) return { area: 'systemd', container: '' };
  if (part === 'dockerd' || part === 'containerd') return { area: 'daemon', container: '' };
  if (part === 'shim') return { area: 'shim', container };
  if (part === 'shim-start' || part === 'shim-delete') return { area: 'helper', container };
  if (insideParts.has(part)) return { area: 'container', container };
  if (part === 'docker-proxy') return { area: 'service', container: '' };
  if (container !== '') return { area: 'tool', container };
  if (forker?.area === 'container' || forker?.area === 'client') return forker;
  return { area: part === 'docker' || isShell(life) ? 'client' : 'service', container: '' };
}

/** Story shows the four programs, the tools by name and the containers' own processes; the others show everything. */
export function isShown(life: Life, home: Home, level: DetailLevel): boolean {
  if (level !== 'story') return true;
  if (life.role.part === 'docker-proxy') return true;
  if (home.area === 'service' || stageParts.has(life.role.part)) return false;
  return home.area !== 'container' || insideParts.has(life.role.part);
}

/** Containers take the first free row when they are first heard of, and keep it until nothing is left of them. */
export function tenanciesOf(lives: Lives): readonly RowTenancy[] {
  const stretches = new Map<string, { from: number; until: number | null }>();
  for (const container of lives.containers.values()) {
    stretches.set(container.id, { from: container.born, until: container.removed });
  }
  for (const { role, born, reaped } of lives.all) {
    if (role.container === '') continue;
    const known = stretches.get(role.container);
    const from = Math.min(known?.from ?? born, born);
    stretches.set(role.container, { from, until: latest(known, lives.containers.get(role.container), reaped) });
  }
  const rows: RowTenancy[] = [];
  const byBirth = [...stretches].toSorted(([, a], [, b]) => a.from - b.from);
  for (const [container, { from, until }] of byBirth) {
    const taken = new Set(rows.filter((row) => row.until === null || row.until >= from).map(({ row }) => row));
    rows.push({ container, row: firstFree(taken), from, until });
  }
  return rows;
}

function latest(
  known: { readonly until: number | null } | undefined,
  container: ContainerLife | undefined,
  reaped: number | null,
): number | null {
  if (reaped === null || (container !== undefined && container.removed === null)) return null;
  if (known === undefined) return reaped;
  return known.until === null ? null : Math.max(known.until, reaped);
}

function firstFree(taken: ReadonlySet<number>, from = 0): number {
  let slot = from;
  while (taken.has(slot)) slot += 1;
  return slot;
}

/** Gives each shown process the first slot that is free in its part of the stage when it is born. */
export function placementsOf(
  lives: Lives,
  homes: ReadonlyMap<number, Home>,
  rows: ReadonlyMap<string, number>,
  level: DetailLevel,
): ReadonlyMap<number, Placement> {
  const placements = new Map<number, Placement>();
  const tenants = new Map<string, { readonly slot: number; readonly reaped: number | null }[]>();
  for (const life of lives.all) {
    const home = homes.get(life.pid);
    if (home === undefined || !isShown(life, home, level)) continue;
    const row = rows.get(home.container) ?? 0;
    const group = `${home.area} ${home.container}`;
    const present = (tenants.get(group) ?? []).filter(({ reaped }) => reaped === null || reaped >= life.born);
    const taken = new Set(present.map((other) => other.slot));
    const slot = slotOf(life, home, taken, placements.get(life.forkedBy));
    tenants.set(group, [...present, { slot, reaped: life.reaped }]);
    placements.set(life.pid, { area: home.area, row, slot, indent: indentOf(life, home, placements) });
  }
  return placements;
}

function slotOf(life: Life, { area }: Home, taken: ReadonlySet<number>, parent: Placement | undefined): number {
  if (area === 'daemon') return daemonSlot(life);
  if (area === 'client') return clientSlot(life, taken);
  // In a container one reads downwards: no child stands above its parent, though a place there be free.
  return firstFree(taken, area === 'container' && parent?.area === area ? parent.slot + 1 : 0);
}

/** dockerd stands to the left: it is asked first. */
function daemonSlot(life: Life): number {
  return life.role.part === 'dockerd' ? 0 : 1;
}

/**
 * Two shells stand above, the first command beside dockerd; who comes then stands below. Who talks to nobody may stand
 * between, two beside each other: a subshell, and the second of a pipeline, need no room of their own.
 */
function clientSlot(life: Life, taken: ReadonlySet<number>): number {
  const free = wantedBy(life).find((slot) => !taken.has(slot));
  return free ?? firstFree(new Set([...taken, 0, 1, 2, 3]));
}

function wantedBy(life: Life): readonly number[] {
  if (isShell(life)) return [0, 2];
  if (life.role.part === 'docker') return [1];
  return life.role.label.endsWith('sh') ? [2, 3, 1] : [1, 2, 3];
}

/** Whether it is a shell that somebody has logged in to. */
export function isShell({ forkedBy, role }: Life): boolean {
  return forkedBy <= 1 && role.label.endsWith('sh');
}

function indentOf(life: Life, home: Home, placements: ReadonlyMap<number, Placement>): number {
  if (home.area !== 'container' && home.area !== 'client') return 0;
  if (insideParts.has(life.role.part)) return 0;
  const above = placements.get(life.forkedBy);
  return above?.area === home.area ? above.indent + 1 : 0;
}
