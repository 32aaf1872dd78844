import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { sampleId, samplePids } from '../journal/sample-runc.fixture.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { beats } from './beats.ts';
import { sampleAnd } from './published.fixture.ts';

const { docker, dockerd, containerd, shim, sh } = samplePids;
const client = 3000;

function sentences(...facts: readonly Fact[]): readonly string[] {
  const events = sampleAnd(facts);
  return beats(events, 'story')
    .filter(({ seq }) => seq >= events.length - facts.length)
    .map(({ caption }) => say(story, caption.key, caption.params));
}

let messages = 9000;

function request(pid: number, label: string, to: number = dockerd): Fact {
  const id = (messages += 1);
  const protocol = to === shim ? 'ttrpc' : 'HTTP';
  return { type: 'message.send', pid, id, connection: id, protocol, kind: 'request', label, to };
}

function run(...argv: readonly string[]): readonly Fact[] {
  return [
    { type: 'task.fork', pid: client, by: sh, parent: sh, nsPids: [client], flags: [] },
    { type: 'task.exec', pid: client, path: '/usr/bin/docker', argv, comm: 'docker', closed: [] },
  ];
}

function container(id: string, name: string, change: Partial<Extract<Fact, { type: 'container' }>> = {}): Fact {
  const counts = { exitCode: 0, oomKilled: false, restartCount: 0, taskPid: 0, shimPid: 0, removed: false };
  return { type: 'container', pid: dockerd, id, name, image: 'nginx', status: 'running', ...counts, ...change };
}

test('a container that is renamed keeps its old name in what was told before', () => {
  const told = sentences(
    request(docker, 'POST /v1.45/containers/web/rename?name=site'),
    container(sampleId, '/site'),
    request(docker, 'POST /v1.45/containers/site/pause'),
    request(docker, `POST /v1.45/containers/${sampleId}/unpause`),
  );

  expect(told).toEqual([
    'docker asks dockerd to rename web to site.',
    'docker asks dockerd to freeze site.',
    'docker asks dockerd to thaw site.',
  ]);
});

test('a name belongs to whoever has it now: what is stopped is the second web, not the one that was removed', () => {
  const second = 'b'.repeat(64);
  const runcKill = ['runc', 'kill', second, '3'];
  const told = beats(
    sampleAnd([
      container(sampleId, '/web', { removed: true }),
      container(second, '/web'),
      request(docker, 'POST /v1.45/containers/web/stop'),
      { type: 'task.fork', pid: client, by: shim, parent: shim, nsPids: [client], flags: [] },
      { type: 'task.exec', pid: client, path: '/usr/sbin/runc', argv: runcKill, comm: 'runc', closed: [] },
    ]),
    'story',
  );

  expect(told.find(({ caption }) => caption.key === 'shim.runs-kill')?.note).toBe('folklore-11');
});

test('what is said of the ten seconds of docker stop is not said where it sends SIGKILL', () => {
  const kill = (signal: number): Fact => ({
    type: 'message.send',
    pid: dockerd,
    id: 900,
    connection: 7,
    to: containerd,
    protocol: 'gRPC',
    kind: 'request',
    label: 'containerd.services.tasks.v1.Tasks/Kill',
    body: `{"container_id":"${sampleId}","signal":${signal}}`,
  });
  const noteOf = (signal: number) =>
    beats(
      sampleAnd([
        request(docker, 'POST /v1.45/containers/web/stop?t=0'),
        kill(signal),
        { type: 'task.fork', pid: client, by: shim, parent: shim, nsPids: [client], flags: [] },
        {
          type: 'task.exec',
          pid: client,
          path: '/usr/sbin/runc',
          argv: ['runc', 'kill', sampleId, String(signal)],
          comm: 'runc',
          closed: [],
        },
      ]),
      'story',
    ).find(({ caption }) => caption.key === 'shim.runs-kill')?.note;

  expect([noteOf(15), noteOf(9)]).toEqual(['folklore-11', undefined]);
});

test('docker pull asks for an image; docker run asks for it because it was missing', () => {
  const pull = request(client, 'POST /v1.45/images/create?fromImage=redis&tag=latest');
  const asked = sentences(...run('docker', 'pull', 'redis'), pull);
  const missed = sentences(...run('docker', 'run', 'redis'), request(client, 'POST /v1.45/containers/create'), pull);

  expect(asked.at(-1)).toBe('docker asks dockerd to pull redis.');
  expect(missed.at(-1)).toBe('The image is not here: docker asks dockerd to pull it.');
});

test('a name that cannot be decoded is told as it stands', () => {
  const asked = sentences(request(docker, 'POST /v1.45/containers/create?name=100%'));
  const spaced = sentences(request(docker, 'POST /v1.45/containers/create?name=a+b%21'));

  expect(asked.join()).toContain('100%');
  expect(spaced.join()).toContain('a b!');
});

test('to look at a container, and to wait for it, is a story where the command is nothing else', () => {
  const look = request(client, 'GET /v1.45/containers/web/json');
  const wait = request(client, 'POST /v1.45/containers/web/wait');
  const [, ...inspect] = sentences(...run('docker', 'inspect', 'web'), look);
  const [, ...waits] = sentences(...run('docker', 'wait', 'web'), wait);
  const [, ...attach] = sentences(...run('docker', 'attach', 'web'), look, wait);

  expect(inspect).toEqual(['docker asks dockerd for all that it knows of web.']);
  expect(waits).toEqual(['docker asks to be told when web ends; the answer comes only then.']);
  expect(attach).toEqual([]);
});

test('a new containerd finds its shims; one that makes a shim has no need to', () => {
  const connect = request(containerd, '/containerd.task.v2.Task/Connect', shim);
  const state = (to: string): Fact => ({
    type: 'machine',
    pid: containerd,
    machine: 'containerd',
    object: '',
    to,
    event: 'begin',
  });

  expect(sentences(state('serving'), connect)).toEqual([]);
  expect(sentences(state('finding its shims'), connect)).toEqual([
    'The new containerd finds the shim of web by its socket, and asks it how its container is.',
  ]);
});

test('who asks past docker is told by name: curl at docker.sock, ctr at containerd', () => {
  const asks = (program: string, asked: Fact) =>
    sentences(
      { type: 'task.fork', pid: client, by: sh, parent: sh, nsPids: [client], flags: [] },
      { type: 'task.exec', pid: client, path: `/usr/bin/${program}`, argv: [program], comm: program, closed: [] },
      asked,
    ).at(-1);
  const rpc = { ...request(client, '/containerd.services.tasks.v1.Tasks/List', containerd), protocol: 'gRPC' } as Fact;

  expect(asks('curl', request(client, 'GET /containers/json'))).toBe(
    'curl sends dockerd a request: GET /containers/json.',
  );
  expect(asks('ctr', rpc)).toBe('ctr asks containerd, past dockerd: Tasks/List.');
});
