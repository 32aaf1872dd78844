import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply } from '../journal/apply.ts';
import type { JournalEvent } from '../journal/event.ts';
import { emptyWorld } from '../journal/world.ts';
import { accountOf } from '../kernel/account.ts';
import { runNext } from '../kernel/scheduler.ts';
import { accountIn } from './account.ts';
import { createMachine } from './machine.ts';
import { kernelWith, randomPrograms } from './random-programs.fixture.ts';

const mostSteps = 1500;

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
