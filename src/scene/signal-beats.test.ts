import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { sampleId, samplePids } from '../journal/sample-runc.fixture.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { beats } from './beats.ts';
import { sampleAnd } from './published.fixture.ts';

const { sh, shim, init, dockerd } = samplePids;
const runc = 3000;

function sentences(...facts: readonly Fact[]): readonly string[] {
  const events = sampleAnd(facts);
  return beats(events, 'story')
    .filter(({ seq }) => seq >= events.length - facts.length)
    .map(({ caption }) => say(story, caption.key, caption.params));
}

function sent(from: number, pid: number, signal: string): Fact {
  return { type: 'signal.send', from, pid, signal, fate: 'queued' };
}

const argv = ['runc', 'kill', sampleId, '3'];
const runcKill: readonly Fact[] = [
  { type: 'task.fork', pid: runc, by: shim, parent: shim, nsPids: [runc], flags: [] },
  { type: 'task.exec', pid: runc, path: '/usr/sbin/runc', argv, comm: 'runc', closed: [] },
];
const frozen = (value: '0' | '1'): Fact => ({
  type: 'cgroup.write',
  pid: runc,
  path: `/system.slice/docker-${sampleId}.scope`,
  file: 'cgroup.freeze',
  value,
});
const stopped = (on: boolean): Fact => ({ type: 'task.stop', pid: init, on, signal: on ? 'SIGSTOP' : 'SIGCONT' });

test('a signal for whoever stands still waits, but for SIGKILL, and goes through again when it moves', () => {
  const toldWith = (signal: string, ...before: readonly Fact[]) =>
    sentences(...runcKill, ...before, sent(runc, init, signal)).at(-1);

  expect(toldWith('SIGQUIT')).toBe('runc kill sends SIGQUIT to docker-entrypoint.sh in web.');
  expect(toldWith('SIGQUIT', stopped(true))).toMatch(/which is stopped: the signal waits until SIGCONT\.$/);
  expect(toldWith('SIGQUIT', frozen('1'))).toMatch(/which is frozen: the signal waits until it is thawed\.$/);
  expect(toldWith('SIGKILL', stopped(true))).toBe('runc kill sends SIGKILL to docker-entrypoint.sh in web.');
  expect(toldWith('SIGQUIT', stopped(true), stopped(false))).toBe(
    'runc kill sends SIGQUIT to docker-entrypoint.sh in web.',
  );
  expect(toldWith('SIGQUIT', frozen('1'), frozen('0'))).toBe('runc kill sends SIGQUIT to docker-entrypoint.sh in web.');
});

test('Ctrl-C is the terminal’s; what a program sends itself is no story', () => {
  expect(sentences(sent(0, sh, 'SIGINT'))).toEqual([
    'Ctrl-C: the terminal, which is the kernel’s, sends SIGINT to its foreground, sh.',
  ]);
  expect(sentences(sent(0, sh, 'SIGHUP'))).toEqual(['The terminal is gone: the kernel sends sh SIGHUP.']);
  expect(sentences(sent(sh, sh, 'SIGINT'), sent(dockerd, dockerd, 'SIGPIPE'))).toEqual([]);
});

test('of the shims each is told by its container', () => {
  expect(sentences(sent(sh, shim, 'SIGTERM'))).toEqual(['sh sends SIGTERM to web’s shim.']);
});

test('of whom Ctrl-C kills inside it is told that he is not the first; of SIGKILL by the kernel, that all end', () => {
  const child = 3100;
  const born: Fact = { type: 'task.fork', pid: child, by: init, parent: init, nsPids: [child, 7], flags: [] };
  const executed: Fact = {
    type: 'task.exec',
    pid: child,
    path: '/bin/sleep',
    argv: ['sleep'],
    comm: 'sleep',
    closed: [],
  };
  const killed = (signal: string): Fact => ({ type: 'task.exit', pid: child, status: { signal } });

  expect(sentences(born, executed, sent(0, child, 'SIGINT'), killed('SIGINT')).at(-1)).toBe(
    'sleep in web is killed by SIGINT. It is not its first process: the container lives on.',
  );
  expect(sentences(born, executed, killed('SIGKILL')).at(-1)).toMatch(/^Process 1 of web is ending/);
});
