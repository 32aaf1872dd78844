import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply } from '../journal/apply.ts';
import { entriesOf } from '../journal/dictionary.ts';
import type { JournalEvent } from '../journal/event.ts';
import { tasksInCgroup, tasksOf } from '../journal/look-up.ts';
import { lookUp, valuesOf } from '../journal/table.ts';
import { emptyWorld, type World } from '../journal/world.ts';
import { accountOf, type Account } from '../kernel/account.ts';
import { runNext } from '../kernel/scheduler.ts';
import { createMachine } from './machine.ts';
import { kernelWith, randomPrograms } from './random-programs.fixture.ts';

const mostSteps = 1500;

/** The world brought to the kernel's shape. */
function accountIn(world: World): Account {
  const living = tasksOf(world).filter(({ state }) => state !== 'zombie');
  const inodes = (kind: 'mnt' | 'net'): readonly number[] =>
    [...new Set(living.map(({ namespaces }) => namespaces[kind]))].toSorted((a, b) => a - b);
  return {
    tasks: tasksOf(world).map(
      ({
        pid,
        ppid,
        state,
        comm,
        argv,
        nsPids,
        namespaces,
        cgroup,
        sid,
        pgid,
        isSubreaper,
        threads,
        exitStatus,
        signals: { blocked, ignored, caught },
        oomScoreAdj,
        files,
      }) => ({
        pid,
        ppid,
        state,
        comm,
        argv,
        nsPids,
        namespaces,
        cgroup,
        sid,
        pgid,
        isSubreaper,
        threads,
        exitStatus,
        signals: { blocked: blocked.toSorted(), ignored: ignored.toSorted(), caught: caught.toSorted() },
        oomScoreAdj,
        files: valuesOf(files),
      }),
    ),
    cgroups: entriesOf(world.cgroups)
      .filter(([path]) => path !== '/')
      .map(([path]) => ({ path, members: tasksInCgroup(world, path).map(({ pid }) => pid) })),
    mounts: inodes('mnt').map((namespace) => ({
      namespace,
      mounts: (lookUp(world.mounts, namespace) ?? []).toSorted((a, b) => a.id - b.id),
    })),
    links: inodes('net').map((namespace) => ({
      namespace,
      links: (lookUp(world.links, namespace) ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })),
  };
}

test('the world folded from the journal equals the kernel’s own account of itself, whatever programs do', () => {
  fc.assert(
    fc.property(randomPrograms, fc.integer({ min: 3, max: 60 }), (programs, every) => {
      const events: JournalEvent[] = [];
      const kernel = kernelWith(programs, (event) => events.push(event));
      let world = emptyWorld;
      for (let steps = 1; steps <= mostSteps; steps++) {
        runNext(kernel, kernel.queue.nextNs());
        if (steps % every !== 0) continue;
        world = events.slice(world.place).reduce(apply, world);
        expect(accountIn(world)).toEqual(accountOf(kernel));
      }
      const fault = events.find((event) => event.type === 'note');
      expect(fault).toBeUndefined();
    }),
    { numRuns: 60, seed: 1 },
  );
}, 60_000);

test('and so it does while the engine runs a container, from millisecond to millisecond', () => {
  const events: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => events.push(event) });
  const command = machine.run(
    { path: 'docker', argv: ['docker', 'run', '--rm', 'busybox', 'echo', 'hello'], env: {} },
    () => {},
  );
  let world = emptyWorld;
  for (let steps = 0; command.exitCode() === null && steps < 3000; steps++) {
    machine.advance(machine.nowNs() + 1_000_000);
    world = events.slice(world.place).reduce(apply, world);
    expect(accountIn(world)).toEqual(accountOf(machine.kernel));
  }
  expect(command.exitCode()).toBe(0);
}, 30_000);
