import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { containersOf } from '../journal/look-up.ts';
import { conditionsOf, gaugesOf, strainsOf } from './gauges.ts';
import { livesOf } from './lives.ts';

const id = 'c0ffee'.padEnd(64, '0');
const scope = `/system.slice/docker-${id}.scope`;

function write(file: string, value: string): Fact {
  return { type: 'cgroup.write', pid: 0, path: scope, file, value };
}

function container(more: Partial<Extract<Fact, { type: 'container' }>> = {}): Extract<Fact, { type: 'container' }> {
  const counts = { exitCode: 0, oomKilled: false, restartCount: 0, taskPid: 30, shimPid: 20, removed: false };
  return { type: 'container', pid: 10, id, name: 'web', image: 'busybox', status: 'running', ...counts, ...more };
}

function worldAfter(...facts: readonly Fact[]) {
  const journal = createJournal();
  const born: readonly Fact[] = [
    { type: 'task.fork', pid: 30, by: 20, parent: 20, nsPids: [30, 1], flags: [] },
    { type: 'cgroup.create', pid: 0, path: scope },
    { type: 'cgroup.move', pid: 30, path: scope, by: 1 },
  ];
  journal.append([...born, ...facts].map((fact, seq) => ({ ...fact, seq, timeNs: seq })));
  return journal.worldAt(journal.length);
}

test('only what is limited has a gauge', () => {
  expect(gaugesOf(worldAfter(write('memory.max', 'max')), scope)).toEqual([]);
  expect(gaugesOf(worldAfter(write('pids.max', '4676')), scope)).toEqual([]);
});

test('room for gauges is kept only for what somebody has limited', () => {
  const limited = (file: string, value: string) => livesOf([{ ...write(file, value), seq: 0, timeNs: 0 }]).limited.size;

  expect([limited('pids.max', '4676'), limited('memory.max', 'max'), limited('pids.max', '20')]).toEqual([0, 0, 1]);
});

test('memory is shown as a share of its limit, and an OOM kill marks it', () => {
  const limited = [write('memory.max', String(64 * 1024 ** 2)), write('memory.current', String(16 * 1024 ** 2))];
  const gauge = { kind: 'memory', text: '16/64 MiB', share: 0.25, hasActed: false };
  expect(gaugesOf(worldAfter(...limited), scope)).toEqual([gauge]);
  const killed = write('memory.events', 'low 0, high 0, max 20, oom 1, oom_kill 1, oom_group_kill 0');
  expect(gaugesOf(worldAfter(...limited, killed), scope)).toEqual([{ ...gauge, hasActed: true }]);
});

test('what a limit has done is told in a word where its gauge has no room', () => {
  const strains = (...facts: readonly Fact[]) =>
    strainsOf(gaugesOf(worldAfter(...facts), scope)).map(({ text }) => text);
  const limits = [write('pids.max', '12'), write('cpu.max', '50000 100000')];

  expect(strains(...limits)).toEqual([]);
  expect(strains(...limits, write('pids.events', 'max 3'))).toEqual(['forks refused']);
  expect(strains(...limits, write('cpu.stat', 'nr_throttled 1'))).toEqual(['throttled']);
});

test('OOM kills are counted; one that only dockerd knows of is one', () => {
  const told = (oomKilled: boolean, ...facts: readonly Fact[]) => {
    const { type: _, removed: _removed, ...state } = container({ oomKilled });
    return conditionsOf(worldAfter(...facts), { ...state, born: 0 }, scope, 0).map(({ text }) => text);
  };

  expect(told(false)).toEqual([]);
  expect(told(true)).toEqual(['OOM kill']);
  expect(told(false, write('memory.events', 'oom 3, oom_kill 3'))).toEqual(['3 OOM kills']);
});

test('processes and threads count against pids.max, and cpu.max says how many processors', () => {
  const threads: Fact = { type: 'task.threads', pid: 30, count: 3 };
  const world = worldAfter(write('pids.max', '12'), write('cpu.max', '50000 100000'), threads);
  expect(gaugesOf(world, scope).map(({ text, share }) => [text, share])).toEqual([
    ['3/12 pids', 0.25],
    ['0.5 cpu', null],
  ]);
});

test('a container says that it is frozen, unhealthy, about to restart, or was killed for its memory', () => {
  const health: Fact = { type: 'machine', pid: 10, machine: 'health', object: id, to: 'unhealthy', event: '' };
  const told = (fact: Extract<Fact, { type: 'container' }>, ...more: readonly Fact[]) => {
    const { type: _, removed: _removed, ...state } = fact;
    return conditionsOf(worldAfter(...more), { ...state, born: 0 }, scope, 0).map(({ kind }) => kind);
  };
  expect(told(container())).toEqual([]);
  expect(told(container({ status: 'paused' }), write('cgroup.freeze', '1'))).toEqual(['frozen']);
  expect(told(container(), health)).toEqual(['unhealthy']);
  expect(told(container({ status: 'restarting', restartCount: 2, restartDelayNs: 4e8 }))).toEqual(['restarting']);
  expect(told(container({ status: 'exited', oomKilled: true }))).toEqual(['oom']);
});

test('the wait for a restart counts down, and what is told of the container meanwhile does not begin it anew', () => {
  const waiting = container({ status: 'restarting', restartCount: 6, restartDelayNs: 3.2e9, taskPid: 0 });
  const world = worldAfter(waiting, { ...waiting, taskPid: 31 });
  const [state] = containersOf(world);
  if (state === undefined) throw new Error('no container');
  const endNs = 3 + 3.2e9;
  const told = (timeNs: number) => conditionsOf(world, state, scope, timeNs).map(({ text }) => text);

  expect(told(endNs - 3.2e9)).toEqual(['restart 6 in 3.2 s']);
  expect(told(endNs - 1.04e9)).toEqual(['restart 6 in 1.1 s']);
  expect(told(endNs)).toEqual(['restart 6 now']);
});
