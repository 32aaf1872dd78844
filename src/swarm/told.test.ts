/** What the witnesses of a run say of facts that should not be: starts without a reason, events told twice or never. */
import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import { emptyWorld } from '../journal/world.ts';
import { startCalls } from './calls.ts';
import { startEnds } from './ends.ts';
import { startStarts } from './starts.ts';
import { startTold } from './told.ts';

const id = 'a'.repeat(64);
const dockerd = 375;
let seq = 0;

type Fact = JournalEvent extends infer E ? (E extends JournalEvent ? Omit<E, 'seq' | 'timeNs'> : never) : never;
const eventOf = (fact: Fact): JournalEvent => ({ ...fact, seq: (seq += 1), timeNs: seq });
const told = (action: string, line = '', pid = dockerd): JournalEvent =>
  eventOf({ type: 'docker.event', pid, action: `container ${action}`, object: id, line });
const step = (from: string, event: string, to: string, machine = 'container'): JournalEvent =>
  eventOf({ type: 'machine', pid: dockerd, machine, object: machine === 'container' ? id : '', from, event, to });
const request = (kind: 'request' | 'response'): JournalEvent =>
  eventOf({
    type: 'message.send',
    pid: kind === 'request' ? 900 : dockerd,
    to: 0,
    id: 1,
    connection: 4,
    protocol: 'HTTP',
    kind,
    label: `POST /v1.45/containers/${id}/start`,
  });

/** What a witness says, of the events about which it says anything. */
function said(witness: { note: (event: JournalEvent) => string | undefined }, events: readonly JournalEvent[]) {
  return events.map((event) => witness.note(event)).filter((sentence) => sentence !== undefined);
}

test.each<[sentence: string, events: readonly JournalEvent[]]>([
  [`container die is told twice of ${id}`, [told('create'), told('start'), told('die'), told('die')]],
  [`container start is told twice of ${id}`, [told('create'), told('start'), told('start')]],
  [
    `container exec_die is told twice of e1`,
    [told('create'), told('exec_die', '(execID=e1'), told('exec_die', '(execID=e1')],
  ],
  [`container kill is told of ${id}, which has been destroyed`, [told('create'), told('destroy'), told('kill')]],
  [`container destroy is told of ${id}, and no end before`, [told('create'), told('start'), told('destroy')]],
  [
    `${id} went from recording the exit to exited, and no event tells it`,
    [told('create'), told('start'), step('recording the exit', 'call.done', 'exited')],
  ],
  [`${id} is removed, and no event tells it`, [told('create'), step('removing', 'call.done', 'removed')]],
])('%s', (sentence, events) => {
  expect(said(startTold(), events)).toEqual([sentence]);
});

test('of what an earlier dockerd told nothing is expected', () => {
  expect(said(startTold(), [told('create'), told('start'), told('die', '', 400), told('start', '', 400)])).toEqual([]);
});

test('an end that is taken for granted once more is told once more', () => {
  const again = step('exited', 'exited', 'cleaning up');
  expect(said(startTold(), [told('create'), told('start'), told('die'), again, told('die')])).toEqual([]);
});

test('a container starts because somebody asks for it, or its dockerd begins; who was stopped does not restart', () => {
  const calls = startCalls();
  const starts = startStarts(calls);
  const note = (event: JournalEvent): string | undefined => {
    calls.note(event, emptyWorld);
    return starts.note(event);
  };
  const serving = [
    step('connecting to containerd', 'call.done', 'restoring containers', 'dockerd'),
    step('exited', 'start', 'setting up'),
    step('restoring containers', 'call.done', 'serving', 'dockerd'),
  ];
  expect(said({ note }, [...serving, step('restarting', 'restart', 'setting up')])).toEqual([]);
  expect(said({ note }, [told('stop'), step('restarting', 'restart', 'setting up')])).toEqual([
    `${id} restarts though somebody has stopped it`,
  ]);
  expect(said({ note }, [request('request'), request('response'), step('exited', 'start', 'setting up')])).toEqual([
    `${id} starts, and nobody has asked for it`,
  ]);
});

test('containerd tells an end as the kernel has it, or as a shim’s clean-up does', () => {
  const born = eventOf({
    type: 'container',
    pid: dockerd,
    id,
    name: 'c1',
    image: 'busybox',
    status: 'running',
    exitCode: 0,
    oomKilled: false,
    restartCount: 0,
    taskPid: 500,
    shimPid: 490,
    removed: false,
  });
  const exit = (exit_status: number): JournalEvent =>
    eventOf({
      type: 'message.send',
      pid: 366,
      to: dockerd,
      id: 2,
      connection: 2,
      protocol: 'gRPC',
      kind: 'event',
      label: '/tasks/exit',
      body: JSON.stringify({ event: { container_id: id, id, pid: 500, exit_status } }),
    });
  const ended = eventOf({ type: 'task.exit', pid: 500, status: { code: 3 } });

  expect(said(startEnds(), [step('exited', 'start', 'setting up'), born, ended, exit(3), exit(137)])).toEqual([]);
  expect(said(startEnds(), [step('exited', 'start', 'setting up'), born, ended, exit(4)])).toEqual([
    `containerd tells that ${id} ended with 4, and it was 3 or 137 or 255`,
  ]);
});
