import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { sampleId, samplePids } from '../journal/sample-runc.fixture.ts';
import { sampleJournal } from '../journal/sample.fixture.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { beats } from './beats.ts';
import { sampleAnd } from './published.fixture.ts';

const events = sampleJournal();

test('the story of docker run reads as one story, from Enter to the prompt', () => {
  const told = beats(events, 'story')
    .filter(({ kind }) => kind !== 'boot')
    .map(({ caption }) => say(story, caption.key, caption.params));

  expect(told).toEqual([
    'You press Enter: the shell forks, and its child becomes docker, a client that only asks.',
    'docker asks dockerd to create a container named web from nginx.',
    'dockerd writes web down and prepares a layer for its files. No process exists yet.',
    'docker asks dockerd to start web.',
    'dockerd lays the layers of the image over each other: one root file system for web.',
    'dockerd makes a virtual cable: one end stays at the bridge docker0, the other waits for web.',
    'dockerd asks containerd, the daemon that keeps containers running, for a task: the plan of web is to become processes.',
    'containerd starts a helper that is to start a shim: the small program that looks after one container.',
    'The helper forks the shim, which will stay with web for life.',
    'The helper exits, and its child needs a parent: the kernel gives the shim to systemd.',
    'containerd asks the shim, over ttrpc, to create the container.',
    'The shim runs runc create, the tool that builds a container out of system calls.',
    'systemd makes a cgroup for web: what is in it can be counted and limited together.',
    'runc init calls unshare(2): new namespaces, in which the container will see a world of its own.',
    'Its child is process 1 of the new pid namespace: still runc’s code, not yet web’s program.',
    'A hook has told dockerd where: it moves the other end into the network namespace of web.',
    'web is created: runc init falls asleep, opening a fifo that nobody else has opened yet.',
    'runc create has exited. The kernel gives its child to the nearest ancestor that takes in orphans: the shim, a subreaper.',
    'dockerd asks containerd to start the task.',
    'The shim runs runc start, which only has to open a door.',
    'runc start opens the fifo: the sleeper wakes and becomes docker-entrypoint.sh. Same process, same pid.',
    'The shell reaps docker and shows its prompt again. web lives on without it.',
  ]);
});

test('each level tells what the coarser one tells, with the same ids, and more', () => {
  const told = (['story', 'engine', 'kernel'] as const).map((level) => beats(events, level).map(({ id }) => id));
  const [coarse = [], middle = [], fine = []] = told;

  expect(middle.filter((id) => coarse.includes(id))).toEqual(coarse);
  expect(fine.filter((id) => middle.includes(id))).toEqual(middle);
  expect(coarse.length < middle.length && middle.length < fine.length).toBe(true);
  expect(new Set(fine).size).toBe(fine.length);
});

test('the turning points are found by name, and the folklore stands there', () => {
  const turning = beats(events, 'story').filter(({ kind }) => kind === 'reparent');

  expect(turning.map(({ id, note }) => [id, note])).toEqual([
    ['reparent:shim:web#1', 'folklore-2'],
    ['reparent:init:web#1', 'folklore-3'],
  ]);
});

test('every caption has all that its sentence needs', () => {
  for (const { caption } of beats(events, 'kernel')) {
    expect(say(story, caption.key, caption.params)).not.toMatch(/[{}]|undefined/);
  }
});

/** What dockerd writes down of the sample's container. */
function paper(change: Partial<Extract<Fact, { type: 'container' }>>): Fact {
  const counts = { exitCode: 0, oomKilled: false, restartCount: 0, taskPid: 0, shimPid: 0, removed: false };
  const { dockerd: pid } = samplePids;
  return { type: 'container', pid, id: sampleId, name: 'web', image: 'nginx', status: 'running', ...counts, ...change };
}

test.each<readonly [string, Fact]>([
  ['is to be restarted', paper({ status: 'restarting', restartCount: 1, restartDelayNs: 1e8, exitCode: 1 })],
  ['has exited', paper({ status: 'exited', exitCode: 3 })],
  ['was killed to be removed', paper({ status: 'removing', exitCode: 137 })],
  [
    'is unhealthy',
    { type: 'machine', pid: samplePids.dockerd, machine: 'health', object: sampleId, to: 'unhealthy', event: '' },
  ],
])('that a container %s is told with the container in sight, besides the daemon that says so', (_, fact) => {
  const last = beats(sampleAnd([paper({}), fact]), 'story').at(-1);

  expect([last?.frame, last?.focus]).toEqual(['web', [samplePids.dockerd]]);
});

test('what one process does by itself names no container', () => {
  const birth = beats(events, 'story').filter(
    ({ kind }) => kind === 'fork' || kind === 'request' || kind === 'reparent',
  );

  expect(birth.flatMap(({ frame }) => frame ?? [])).toEqual([]);
});
