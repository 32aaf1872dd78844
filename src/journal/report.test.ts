import { expect, test } from 'vitest';
import { createJournal } from './journal.ts';
import { childrenOf, containersOf, machineOf, taskOf, tasksInCgroup } from './look-up.ts';
import { report } from './report.ts';
import { labelOf, rolesOf } from './roles.ts';
import { sampleId, samplePids } from './sample-runc.fixture.ts';
import { sampleJournal } from './sample.fixture.ts';
import { spansOf, stepInto, stepOut, stepOver } from './spans.ts';

const events = sampleJournal();
const { history, tasks, containers, ...rest } = report(events, 1);

test('a process has the role of what it becomes, and a container the name it has in the end', () => {
  const roles = rolesOf(events);
  const labels = Object.values(samplePids).map((pid) => labelOf(roles, pid));

  expect(labels).toEqual([
    'containerd',
    'dockerd',
    'sh',
    'docker',
    'shim-start:web',
    'shim:web',
    'runc-create:web',
    'runc-init-0:web',
    'runc-init-1:web',
    'init:web',
    'setkey:web',
    'runc-start:web',
  ]);
});

test('the history tells who forked, became, ended, changed parents and was reaped', () => {
  const enter = events.find((event) => event.type === 'input')?.seq ?? 0;
  const told = history
    .filter((entry) => entry.seq > enter && entry.op !== 'exec')
    .map((entry) => `${entry.op} ${entry.who}${'child' in entry ? ` -> ${entry.child}` : ''}`);

  expect(told).toEqual([
    'fork sh -> docker',
    'fork containerd -> shim-start:web',
    'fork shim-start:web -> shim:web',
    'exit shim-start:web',
    'reparent shim:web',
    'reap shim-start:web',
    'fork shim:web -> runc-create:web',
    'fork runc-create:web -> runc-init-0:web',
    'fork runc-init-0:web -> runc-init-1:web',
    'fork runc-init-1:web -> init:web',
    'exit runc-init-1:web',
    'reap runc-init-1:web',
    'exit runc-init-0:web',
    'reap runc-init-0:web',
    'fork runc-create:web -> setkey:web',
    'exit setkey:web',
    'reap setkey:web',
    'exit runc-create:web',
    'reparent init:web',
    'reap runc-create:web',
    'fork shim:web -> runc-start:web',
    'exit runc-start:web',
    'reap runc-start:web',
    'exit docker',
    'reap docker',
  ]);
});

test('the report has the container and its init in namespaces of its own', () => {
  expect(rest).toEqual({ schema: 1, seed: 1, virtualTimeNs: events.at(-1)?.timeNs, exitCode: 124 });
  expect(containers).toEqual([
    {
      id: sampleId,
      name: 'web',
      status: 'running',
      exitCode: 0,
      oomKilled: false,
      restartCount: 0,
      pid: 897,
      shimPid: 871,
    },
  ]);
  expect(tasks.find(({ role }) => role === 'init:web')).toEqual({
    role: 'init:web',
    pid: 897,
    ppid: 871,
    state: 'S',
    comm: 'docker-entrypoi',
    argv: ['/bin/sh', '/docker-entrypoint.sh', 'nginx', '-g', 'daemon off;'],
    nsPids: [897, 1],
    namespaces: {
      cgroup: 4026532205,
      ipc: 4026532201,
      mnt: 4026532202,
      net: 4026532203,
      pid: 4026532200,
      time: 4026531834,
      user: 4026531837,
      uts: 4026532204,
    },
    cgroup: `/system.slice/docker-${sampleId}.scope`,
    isSubreaper: false,
  });
});

test('before the reparenting runc create is the parent of runc init, after it the shim', () => {
  const journal = createJournal(events);
  const { seq = 0 } = events.find((event) => event.type === 'task.reparent' && event.because === 'subreaper') ?? {};
  const before = journal.worldAt(seq);
  const after = journal.worldAt(seq + 1);

  expect(taskOf(before, samplePids.init)).toMatchObject({ ppid: samplePids.runcCreate, formerParent: null });
  expect(taskOf(after, samplePids.init)).toMatchObject({ ppid: samplePids.shim, formerParent: samplePids.runcCreate });
  expect(taskOf(after, samplePids.init)?.asleepIn?.call).toBe('openat');
  expect(childrenOf(after, samplePids.shim).map(({ pid }) => pid)).toEqual([samplePids.runcCreate, samplePids.init]);
  expect(tasksInCgroup(after, `/system.slice/docker-${sampleId}.scope`).map(({ pid }) => pid)).toEqual([897]);
  expect(machineOf(after, samplePids.dockerd, 'container', sampleId)?.state).toBe('setting up');
  expect(containersOf(after).map(({ name }) => name)).toEqual(['web']);
});

test('stepping over a request lands at its answer, into it in its work, out of it behind it', () => {
  const walk = { events, spans: spansOf(events), stops: events.map(({ seq }) => seq) };
  const opened = events.find((event) => event.type === 'span.open' && event.name === 'runc create');
  const closed = events.find(
    (event) => event.type === 'span.close' && opened?.type === 'span.open' && event.id === opened.id,
  );
  const place = (opened?.seq ?? 0) + 1;
  const end = (closed?.seq ?? 0) + 1;

  expect(stepInto(walk, place, 'forward')).toBe(place + 1);
  expect(stepInto(walk, place, 'back')).toBe(place - 1);
  expect(stepOut(walk, place, 'forward')).toBe(end + 1);
  expect(stepOut(walk, end - 1, 'back')).toBe(place - 1);
  expect(stepOver(walk, place - 1, 'forward')).toBe(end + 1);
  expect(stepOver(walk, events.length, 'forward')).toBe(events.length);
  expect(stepInto(walk, 0, 'back')).toBe(0);
});
