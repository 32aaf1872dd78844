import { expect, test } from 'vitest';
import type { DetailLevel, Fact } from '../journal/event.ts';
import { sampleId, samplePids } from '../journal/sample-runc.fixture.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { beats } from './beats.ts';
import { sampleAnd, typed } from './published.fixture.ts';

type Spanned = Fact & { readonly span?: number };

const { sh, dockerd } = samplePids;
const shimPath = '/usr/bin/containerd-shim-runc-v2';
const terminal = 4026532222;

function sentences(facts: readonly Spanned[], level: DetailLevel = 'story'): readonly string[] {
  const events = sampleAnd(facts);
  return beats(events, level)
    .filter(({ seq }) => seq >= events.length - facts.length)
    .map(({ caption }) => say(story, caption.key, caption.params));
}

function known(name: string): Fact {
  const counts = { exitCode: 0, oomKilled: false, restartCount: 0, taskPid: 0, shimPid: 0, removed: false };
  return { type: 'container', pid: dockerd, id: idOf(name), name, image: 'busybox', status: 'created', ...counts };
}

const idOf = (name: string): string =>
  Array.from(name)
    .map((letter) => letter.charCodeAt(0).toString(16))
    .join('')
    .padEnd(64, '0');

/** What dockerd does for a container that it starts, in a span of its own. */
function setUp(name: string, span: number): readonly Spanned[] {
  const common = { pid: dockerd, namespace: 4026531840, span };
  return [
    { type: 'machine', pid: dockerd, machine: 'container', object: idOf(name), to: 'setting up', event: 'start', span },
    { ...common, type: 'mount.add', id: span, target: '/merged', fstype: 'overlay', source: 'overlay', options: 'rw' },
    { ...common, type: 'net.link', op: 'add', name: `veth${span}a`, value: 'veth' },
    { ...common, type: 'net.link', op: 'add', name: `veth${span}b`, value: 'veth' },
  ];
}

test('of two containers that start at the same time, each has its own layers and its own cable', () => {
  const one = setUp('one', 901);
  const two = setUp('two', 902);
  const interleaved = one.flatMap((fact, index) => [fact, ...two.slice(index, index + 1)]);
  const told = sentences([known('one'), known('two'), ...interleaved], 'engine');

  expect(told.filter((sentence) => /layers|cable/.test(sentence)).slice(-4)).toEqual([
    'dockerd lays the layers of the image over each other: one root file system for one.',
    'dockerd lays the layers of the image over each other: one root file system for two.',
    'dockerd makes a virtual cable: one end stays at the bridge docker0, the other waits for one.',
    'dockerd makes a virtual cable: one end stays at the bridge docker0, the other waits for two.',
  ]);
});

test('what a shim has failed with is told as it was said, on one line', () => {
  const failure = String.raw`{"code":2,"message":"runc said \"no\":\nerror 202\n"}`;
  const answer = { protocol: 'ttrpc', kind: 'response', label: 'containerd.task.v2.Task/Create', status: '2' } as const;
  const told = sentences([
    { type: 'message.send', pid: samplePids.shim, id: 9001, connection: 9001, to: 0, ...answer, body: failure },
  ]);

  expect(told).toEqual([expect.stringMatching(/ answers containerd that it has failed: runc said "no": error 202\.$/)]);
});

test('a cable is moved into the network of whom that namespace was made for, whoever was asked for last', () => {
  const runc = 3000;
  const stage0 = 3001;
  const stage1 = 3002;
  const asked: Fact = {
    type: 'message.send',
    pid: samplePids.docker,
    id: 9000,
    connection: 9000,
    protocol: 'HTTP',
    kind: 'request',
    label: `POST /v1.45/containers/${idOf('two')}/start`,
    to: dockerd,
  };
  const told = sentences([
    typed,
    known('one'),
    known('two'),
    ...born(runc, samplePids.shim, '/usr/sbin/runc', 'runc', 'create', idOf('one')),
    ...born(stage0, runc, '/proc/self/exe', 'runc', 'init'),
    forked(stage1, stage0),
    { type: 'namespace.create', pid: stage1, kind: 'net', inode: 4026532777 },
    asked,
    { type: 'net.link', pid: dockerd, op: 'move', namespace: 4026531840, name: 'veth1', value: '4026532777' },
  ]);

  expect(told.at(-1)).toBe('A hook has told dockerd where: it moves the other end into the network namespace of one.');
});

function forked(pid: number, by: number): Fact {
  return { type: 'task.fork', pid, by, parent: by, nsPids: [pid], flags: [] };
}

function born(pid: number, by: number, path: string, ...argv: readonly string[]): readonly Fact[] {
  return [forked(pid, by), { type: 'task.exec', pid, path, argv, comm: argv[0] ?? '', closed: [] }];
}

function over(pid: number, by: number): readonly Fact[] {
  return [
    { type: 'task.exit', pid, status: { code: 0 } },
    { type: 'task.reap', pid, by },
  ];
}

const docker = (pid: number, by: number) => born(pid, by, '/usr/bin/docker', 'docker', 'ps');
const line: Fact = { type: 'stream.read', pid: sh, inode: terminal, bytes: 20 };
const prompt: Fact = { type: 'note', pid: sh, topic: 'prompt', text: 'PS1' };

test('Enter begins the first program of a line only, and the prompt follows its last', () => {
  const facts = [prompt, line, ...docker(3000, sh), ...over(3000, sh), ...docker(3001, sh), ...over(3001, sh), prompt];

  expect(sentences(facts)).toEqual([
    'You press Enter: the shell forks, and its child becomes docker, a client that only asks.',
    'The shell reaps docker.',
    'The shell forks, and its child becomes docker.',
    'The shell reaps docker and shows its prompt again.',
  ]);
});

test('a line is over where the shell asks for the next one, not for more of this one', () => {
  const last = (...more: readonly Fact[]) =>
    sentences([prompt, line, ...docker(3000, sh), ...over(3000, sh), ...more]).at(-1);
  const asks = (text: string): Fact => ({ type: 'note', pid: sh, topic: 'prompt', text });
  const written: Fact = { type: 'stream.write', pid: sh, inode: terminal, data: '# ' };

  expect(last(asks('PS1'))).toBe('The shell reaps docker and shows its prompt again.');
  expect(last(asks('PS2'), line)).toBe('The shell reaps docker.');
  expect(last(written, line)).toBe('The shell reaps docker.');
  expect(last()).toBe('The shell reaps docker.');
});

test('a client that another program runs is forked and reaped by that one', () => {
  const timeout = born(3000, sh, '/usr/bin/timeout', 'timeout', '3', 'docker', 'ps');
  const facts = [prompt, line, ...timeout, ...docker(3001, 3000), ...over(3001, 3000), ...over(3000, sh), prompt];

  expect(sentences(facts)).toEqual([
    'The shell forks, and its child becomes timeout.',
    'timeout forks, and its child becomes docker, a client that only asks.',
    'timeout reaps docker.',
    'The shell reaps timeout and shows its prompt again.',
  ]);
});

test('a client whose shell was killed is reaped by systemd, and no prompt comes', () => {
  const given: Fact = { type: 'task.reparent', pid: 3000, from: sh, to: 1, because: 'namespace-init' };

  expect(sentences([prompt, line, ...docker(3000, sh), given, ...over(3000, 1)]).at(-1)).toBe('systemd reaps docker.');
});

test('of two containers that one line starts, the second is told in short, and whole again in the next line', () => {
  const layers = (name: string) =>
    `dockerd lays the layers of the image over each other: one root file system for ${name}.`;
  const both = [known('one'), known('two'), ...setUp('one', 901), ...setUp('two', 902)];
  const told = sentences([typed, ...both, typed, ...setUp('one', 903)]).filter((sentence) =>
    /layers of/.test(sentence),
  );

  expect(told).toEqual([layers('one'), layers('one')]);
});

test('of the second container of a line a sentence stands for its birth, and its turn is told, but shorter', () => {
  const [runc, child] = [3000, 3001];
  const stands: readonly Fact[] = [
    { type: 'message.send', ...clientOf(9001), label: `POST /v1.45/containers/${idOf('two')}/start` },
    ...born(runc, samplePids.shim, '/usr/sbin/runc', 'runc', 'create', idOf('two')),
    { type: 'task.fork', pid: child, by: samplePids.stage1, parent: runc, nsPids: [child], flags: [] },
    { type: 'task.exit', pid: runc, status: { code: 0 } },
    { type: 'task.reparent', pid: child, from: runc, to: samplePids.shim, because: 'subreaper' },
  ];
  const events = sampleAnd([known('two'), ...stands]);
  const added = beats(events, 'story').filter(({ seq }) => seq >= events.length - stands.length);

  expect(added.map(({ caption, weight }) => [caption.key, weight])).toEqual([
    ['again.birth', 2600],
    ['init.adopted', 3000],
  ]);
});

test('what is said again in a line, but for the container, stands for less time; another sentence does not', () => {
  const asks = (id: number, name: string, what: string): Fact => ({
    type: 'message.send',
    ...clientOf(id),
    label: `POST /v1.45/containers/${idOf(name)}/${what}`,
  });
  const facts = [typed, known('one'), known('two'), asks(9003, 'one', 'pause'), asks(9004, 'two', 'pause')];
  const events = sampleAnd([...facts, asks(9005, 'two', 'unpause'), typed, asks(9006, 'one', 'pause')]);
  const weights = beats(events, 'story')
    .filter(({ seq, kind }) => seq >= events.length - 5 && kind === 'request')
    .map(({ weight }) => weight);

  expect(weights).toEqual([2000, 1200, 2000, 2000]);
});

function clientOf(id: number) {
  return { pid: samplePids.docker, id, connection: id, protocol: 'HTTP', kind: 'request', to: dockerd } as const;
}

test('a signal for the death of a parent is the kernel’s, though the parent is who it comes from', () => {
  const proxy = 4001;
  const facts: readonly Spanned[] = [
    { type: 'task.fork', pid: proxy, by: dockerd, parent: dockerd, nsPids: [proxy], flags: [] },
    { type: 'call', pid: proxy, call: 'prctl', args: 'PR_SET_PDEATHSIG, SIGTERM', result: '0' },
    {
      type: 'task.exec',
      pid: proxy,
      path: '/usr/bin/docker-proxy',
      argv: ['docker-proxy', '-host-port', '8080'],
      comm: 'docker-proxy',
      closed: [],
    },
  ];
  const sent: Fact = { type: 'signal.send', from: dockerd, pid: proxy, signal: 'SIGTERM', fate: 'queued' };
  const asked =
    'The kernel sends docker-proxy SIGTERM, which it had asked for in case its parent, dockerd, ends: PR_SET_PDEATHSIG.';

  expect(sentences([...facts, { type: 'task.exit', pid: dockerd, status: { signal: 'SIGKILL' } }, sent])).toContain(
    asked,
  );
  const alive = sentences([...facts, sent]);
  expect(alive).toContain('dockerd sends SIGTERM to docker-proxy.');
  expect(alive).not.toContain(asked);
});

test('a dockerd that reads its settings once more says what they are, and says nothing the first time', () => {
  const reads = (liveRestore: boolean): Fact => ({ type: 'daemon', pid: dockerd, liveRestore });
  const on = 'dockerd has read daemon.json again: live-restore is on, so its containers are to outlive it.';
  const off =
    'dockerd has read daemon.json again: live-restore is off, so it stops its containers when it is told to end.';

  expect(sentences([reads(true), reads(true), reads(false)]).slice(-2)).toEqual([on, off]);
});

test('what a container’s first process becomes by exec is told at the engine’s level', () => {
  const path = '/usr/bin/sleep';
  const becomes: Fact = { type: 'task.exec', pid: samplePids.init, path, argv: ['sleep'], comm: 'sleep', closed: [] };

  expect(sentences([becomes], 'story')).toEqual([]);
  expect(sentences([becomes], 'engine')).toEqual([
    'docker-entrypoint.sh becomes sleep by exec: still the first process of web, which ends when sleep does.',
  ]);
});

test('a child is told by the whole name of what it becomes, or of what it is a copy of, and 0 of an RPC is ok', () => {
  const long = '10-listen-on-ipv6-by-default.sh';
  const [child, copy] = [3000, 3001];
  const told = sentences(
    [
      ...born(child, sh, `/etc/${long}`, long),
      forked(copy, child),
      { type: 'message.send', ...clientOf(9002), protocol: 'gRPC', kind: 'response', label: '/a.b/Get', status: '0' },
    ],
    'engine',
  );

  expect(told[0]).toBe(`sh forks a child, ${long}.`);
  expect(told.slice(-2)).toEqual([`${long} forks a child, ${long}.`, 'docker answers dockerd: b/Get, ok.']);
});

test('a client that failed is told with its exit code where its shell prompts again', () => {
  const failed: readonly Fact[] = [
    {
      type: 'message.send',
      pid: 3000,
      id: 9003,
      connection: 9003,
      protocol: 'HTTP',
      kind: 'request',
      label: 'GET /v1.45/containers/json',
      to: dockerd,
    },
    { type: 'task.exit', pid: 3000, status: { code: 125 } },
    { type: 'task.reap', pid: 3000, by: sh },
  ];

  expect(sentences([prompt, line, ...docker(3000, sh), ...failed, prompt]).at(-1)).toBe(
    'docker ended with exit code 125: the shell reaps it and shows its prompt again.',
  );
});

test('the clean-up runs runc delete once more only when the shim has run it: not after the shim was killed', () => {
  const [own, cleaner, second] = [3000, 3001, 3002];
  const shimsOwn = born(own, samplePids.shim, '/usr/sbin/runc', 'runc', 'delete', sampleId);
  const cleanUp = [
    ...born(cleaner, samplePids.containerd, shimPath, shimPath, '-id', sampleId, 'delete'),
    ...born(second, cleaner, '/usr/sbin/runc', 'runc', 'delete', '--force', sampleId),
  ];
  const told = (facts: readonly Fact[]) => {
    const last = beats(sampleAnd(facts), 'story').at(-1);
    return [last?.caption.key, last?.note];
  };

  expect(told([...shimsOwn, ...cleanUp])).toEqual(['shim.runs-delete-again', 'folklore-20']);
  expect(told(cleanUp)).toEqual(['shim.runs-delete-instead', undefined]);
});

test('what is said of a crowd’s processes is told three times, then once for all that follow in the line', () => {
  const orphaned = Array.from({ length: 9 }, (_, index): readonly Fact[] => [
    ...born(3000 + 2 * index, sh, '/bin/sh', 'sh'),
    forked(3001 + 2 * index, 3000 + 2 * index),
    { type: 'task.exit', pid: 3000 + 2 * index, status: { code: 0 } },
    { type: 'task.reparent', pid: 3001 + 2 * index, from: 3000 + 2 * index, to: 1, because: 'namespace-init' },
  ]).flat();
  const given = 'sh has ended. The kernel gives its child sh to systemd.';

  const told = sentences([line, ...orphaned]).filter((sentence) => sentence.includes('gives its child'));
  expect(told).toEqual([given, given, given, `The same 6 times more: ${given}`]);
});
