import { expect, test } from 'vitest';
import { setup } from 'xstate';
import type { Request, Running } from '../kernel/abi.ts';
import { perform, performing, startMachine } from './drive.ts';
import type { CallEvent } from './drive.ts';

const door = setup({
  types: { events: {} as CallEvent | { readonly type: 'open' | 'close' | 'lock' | 'knock' } },
  actions: performing,
}).createMachine({
  id: 'door',
  initial: 'closed',
  states: {
    closed: { on: { open: 'opening', lock: 'locked', knock: { actions: perform('answer') } } },
    opening: { entry: perform('turnHandle'), on: { 'call.done': 'open', 'call.failed': 'stuck' } },
    open: { on: { close: 'closed' } },
    stuck: { entry: perform('complain'), on: { 'call.done': 'closed' } },
    locked: {},
  },
});

/** Runs a coroutine to its end; every system call returns 0. Gives what it wrote into the journal. */
function facts(body: () => Running<unknown>): readonly unknown[] {
  const written: unknown[] = [];
  const run = body();
  for (let next = run.next(); next.done !== true; next = run.next(0)) {
    const request: Request = next.value;
    if (request.call === 'journal') written.push(request.args[0]);
  }
  return written;
}

const transitionOf = (from: string, to: string, event: string) => ({
  type: 'machine',
  machine: 'door',
  object: 'front',
  from,
  to,
  event,
});

test('an activity that ends well takes the machine to the next state, and each change is written', () => {
  const written = facts(function* () {
    const run = yield* startMachine(door, {
      name: 'door',
      object: 'front',
      activities: { *turnHandle() {}, *complain() {} },
    });
    expect(yield* run.send({ type: 'open' })).toBe(true);
    expect(run.state).toBe('open');
  });
  expect(written.slice(1)).toEqual([
    transitionOf('closed', 'opening', 'open'),
    transitionOf('opening', 'open', 'call.done'),
  ]);
});

test('an activity that fails leads to the failure state, whose own activity runs before the sender hears of it', () => {
  const written = facts(function* () {
    const run = yield* startMachine(door, {
      name: 'door',
      object: 'front',
      activities: {
        *turnHandle() {
          throw new Error('it sticks');
        },
        *complain() {},
      },
    });
    let heard = '';
    try {
      yield* run.send({ type: 'open' });
    } catch (error) {
      heard = error instanceof Error ? `${error.message}, ${run.state}` : '';
    }
    expect(heard).toBe('it sticks, closed');
  });
  expect(written.slice(2)).toEqual([
    transitionOf('opening', 'stuck', 'call.failed'),
    transitionOf('stuck', 'closed', 'call.done'),
  ]);
});

test('an event that is acted on and changes no state is written too, from the state to itself', () => {
  let answered = 0;
  const written = facts(function* () {
    const run = yield* startMachine(door, {
      name: 'door',
      object: 'front',
      activities: {
        *answer() {
          answered += 1;
        },
      },
    });
    expect(yield* run.send({ type: 'knock' })).toBe(true);
    expect(run.state).toBe('closed');
  });
  expect(answered).toBe(1);
  expect(written.slice(1)).toEqual([transitionOf('closed', 'closed', 'knock')]);
});

test('an event that the state does not allow changes nothing', () => {
  const written = facts(function* () {
    const run = yield* startMachine(door, { name: 'door', object: 'front', activities: {} });
    expect(yield* run.send({ type: 'lock' })).toBe(true);
    expect(yield* run.send({ type: 'open' })).toBe(false);
    expect(run.state).toBe('locked');
  });
  expect(written).toHaveLength(2);
});

test('a machine that comes to a state again is asked nothing again', () => {
  facts(function* () {
    const run = yield* startMachine(door, { name: 'door', object: 'front', activities: { *turnHandle() {} } });
    const { snapshot } = run;
    for (let round = 0; round < 3; round += 1) {
      expect(yield* run.send({ type: 'open' })).toBe(true);
      expect(yield* run.send({ type: 'close' })).toBe(true);
      expect(run.snapshot).toBe(snapshot);
    }
  });
});

test('a machine that decides by what an event says is asked again each time', () => {
  const gate = setup({
    types: { events: {} as { readonly type: 'push'; readonly strength: number } },
    actions: performing,
    guards: { isEnough: ({ event }) => event.strength > 2 },
  }).createMachine({
    id: 'gate',
    initial: 'closed',
    states: { closed: { on: { push: { guard: 'isEnough', target: 'open' } } }, open: { on: { push: 'closed' } } },
  });
  facts(function* () {
    const run = yield* startMachine(gate, { name: 'gate', object: 'garden', activities: {} });
    expect(yield* run.send({ type: 'push', strength: 1 })).toBe(false);
    expect(yield* run.send({ type: 'push', strength: 3 })).toBe(true);
    expect(run.state).toBe('open');
  });
});

test('of two machines with a context each keeps its own, whatever the other was told', () => {
  const sign = setup({
    types: { input: {} as { text: string }, context: {} as { text: string }, events: {} as { readonly type: 'show' } },
    actions: performing,
  }).createMachine({
    id: 'sign',
    context: ({ input }) => input,
    initial: 'dark',
    states: { dark: { on: { show: 'lit' } }, lit: {} },
  });
  facts(function* () {
    for (const text of ['open', 'closed']) {
      const run = yield* startMachine(sign, { name: 'sign', object: text, input: { text }, activities: {} });
      yield* run.send({ type: 'show' });
      expect(run.snapshot.context).toEqual({ text });
    }
  });
});
