import type { Fact, JournalEvent } from '../journal/event.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import { sampleJournal } from '../journal/sample.fixture.ts';

/** The recorded `docker run` of the sample, and what happens after it, a microsecond apart. */
export function sampleAnd(facts: readonly Fact[]): readonly JournalEvent[] {
  const before = sampleJournal();
  const lastNs = before.at(-1)?.timeNs ?? 0;
  return [
    ...before,
    ...facts.map((fact, index) => ({ ...fact, seq: before.length + index, timeNs: lastNs + (index + 1) * 1000 })),
  ];
}

/** What is typed: from here on the picture may be arranged anew. */
export const typed: Fact = { type: 'input', terminal: 1, action: 'data', data: 'a command\r' };

/** Of the sample's container: see truth/vm-25-networking. */
const address = '172.17.0.2';

/** The sample's container gets its address. */
export function addressed(): readonly Fact[] {
  const namespace = 4026532600;
  return [
    { type: 'namespace.create', pid: samplePids.init, kind: 'net', inode: namespace },
    { type: 'net.link', pid: samplePids.init, op: 'address', namespace, name: 'eth0', value: `${address}/16` },
  ];
}

/** dockerd starts a docker-proxy, with the command line of truth/vm-25-networking. */
export function proxy(pid: number, hostAddress: string, port: number): readonly Fact[] {
  const by = samplePids.dockerd;
  const options = { 'host-ip': hostAddress, 'host-port': port, 'container-ip': address, 'container-port': 80 };
  const argv = ['/usr/sbin/docker-proxy', '-proto', 'tcp'].concat(
    Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]),
  );
  return [
    { type: 'task.fork', pid, by, parent: by, nsPids: [pid], flags: [] },
    { type: 'task.exec', pid, path: '/usr/sbin/docker-proxy', argv, comm: 'docker-proxy', closed: [] },
  ];
}

/** A segment on its way from one to the other, and its arrival. */
export function segment(
  id: number,
  [pid, to]: readonly [from: number, to: number],
  connection: number,
  answer?: string,
): readonly Fact[] {
  const label = 'GET /';
  const kind = answer === undefined ? 'request' : 'response';
  const status = answer === undefined ? {} : { status: answer };
  return [
    { type: 'message.send', pid, id, connection, protocol: 'TCP', kind, label, ...status, to },
    { type: 'message.receive', pid: to, id },
  ];
}
