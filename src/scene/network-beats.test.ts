import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { beats, type Beat } from './beats.ts';
import { addressed, proxy, sampleAnd, segment, typed } from './published.fixture.ts';

const { dockerd, init, sh } = samplePids;
const [ipv4, ipv6, curl, worker] = [3000, 3001, 3002, 3003];

/** A client on the host that has connected to an address. */
function client(pid: number, sockaddr: string): readonly Fact[] {
  return [
    { type: 'task.fork', pid, by: sh, parent: sh, nsPids: [pid], flags: [] },
    { type: 'task.exec', pid, path: '/usr/bin/curl', argv: ['curl'], comm: 'curl', closed: [] },
    { type: 'call', pid, call: 'connect', args: `5, {${sockaddr}}, 16`, result: '0' },
  ];
}

const loopback = 'sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")';
const loopback6 =
  'sa_family=AF_INET6, sin6_port=htons(8080), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr)';
const published = [...proxy(ipv4, '0.0.0.0', 8080), ...proxy(ipv6, '::', 8080), ...addressed()];

/** The beats of what happens after the sample's container runs. */
function told(facts: readonly Fact[]): readonly Beat[] {
  const events = sampleAnd([typed, ...facts]);
  const from = events.length - facts.length;
  return beats(events, 'story').filter(({ seq }) => seq >= from);
}

function sentences(facts: readonly Fact[]): readonly string[] {
  return told(facts)
    .map(({ caption }) => say(story, caption.key, caption.params))
    .filter((sentence) => !sentence.includes('its child becomes'));
}

test('of each docker-proxy it is told that dockerd starts it, for which port, and over what', () => {
  expect(sentences(published)).toEqual([
    'dockerd starts docker-proxy, which listens on port 8080 of the host and passes on to web what comes.',
    'dockerd starts a docker-proxy that listens on port 8080 over IPv6.',
  ]);
  expect(told(published).map(({ focus }) => focus)).toEqual([
    [ipv4, dockerd],
    [ipv6, dockerd],
  ]);
});

test('a port that is published over IPv6 only is told of, too', () => {
  expect(sentences([...proxy(ipv6, '::1', 8443), ...addressed()])).toEqual([
    'dockerd starts a docker-proxy that listens on port 8443 over IPv6.',
  ]);
});

test.each([
  ['127.0.0.1:8080', loopback, ipv4],
  ['[::1]:8080', loopback6, ipv6],
])('a request to %s goes by docker-proxy, and its answer comes back to who asked', (asked, sockaddr, by) => {
  const facts = [
    ...client(curl, sockaddr),
    ...segment(1, [curl, by], 90),
    {
      type: 'call',
      pid: by,
      call: 'connect',
      args: '5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("172.17.0.2")}, 16',
      result: '0',
    } as const,
    ...segment(2, [by, init], 91),
    ...segment(3, [init, by], 91, '200'),
    ...segment(4, [by, curl], 90, '200'),
  ];

  expect(sentences([...published, ...facts]).slice(2)).toEqual([
    `curl sends “GET /” to ${asked}. docker-proxy listens there and takes it.`,
    'docker-proxy sends the same on to web, at 172.17.0.2:80: web sees the host’s bridge, not who asked.',
    'The answer has come to curl: 200.',
  ]);
  const [, ...about] = told([...published, ...facts]).filter(({ kind }) => kind === 'request');
  expect(about.map(({ focus }) => focus)).toEqual([[by, init]]);
});

test('a rule of the kernel leads to the container without a process in between', () => {
  const facts: readonly Fact[] = [
    ...client(curl, 'sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("10.0.2.15")'),
    { type: 'net.translate', pid: curl, asked: '10.0.2.15:8080', reached: '172.17.0.2:80' },
    ...segment(1, [curl, init], 90),
    ...segment(2, [init, curl], 90, '404'),
  ];

  expect(sentences(facts)).toEqual([
    'curl connects to 10.0.2.15:8080. A rule in the kernel, DNAT, makes it 172.17.0.2:80: no process in between.',
    'curl sends “GET /” to web.',
    'The answer has come to curl: 404.',
  ]);
});

test('what stays within a container, or goes to a program of the host, is no story of the engine', () => {
  const member: Fact = { type: 'task.fork', pid: worker, by: init, parent: init, nsPids: [worker, 20], flags: [] };
  const within = segment(1, [worker, init], 90);
  const toHost = [...client(curl, loopback), ...segment(2, [curl, sh], 91), ...segment(3, [sh, curl], 91)];
  const fromWithin = segment(4, [worker, sh], 92);

  expect(sentences([member, ...within, ...toHost, ...fromWithin])).toEqual([]);
});

test('segments of an answer that say nothing of how it went are not told', () => {
  const facts = [...client(curl, loopback), ...segment(1, [curl, init], 90)];
  const silent: Fact = {
    type: 'message.send',
    pid: init,
    id: 2,
    connection: 90,
    protocol: 'TCP',
    kind: 'response',
    label: 'GET /',
    to: curl,
  };

  expect(sentences([...facts, silent])).toEqual(sentences(facts));
});
