import { namespaceKinds, type Fact, type JournalEvent } from './event.ts';
import { end, notebook, spawn, type Notebook } from './notebook.fixture.ts';
import { runcCreate, sampleId, samplePids } from './sample-runc.fixture.ts';

/**
 * `docker run -d --name web nginx` as recorded in truth/vm-01, written by hand as a machine would write it: the order
 * of forks, execs, exits, reparentings, reaps and calls is the recording's, the durations those of truth/40-timing.
 */
export function sampleJournal(): readonly JournalEvent[] {
  const book = notebook();
  boot(book);
  client(book);
  book.inSpan(samplePids.dockerd, `POST /containers/${sampleId}/start`, () => {
    birth(book);
    start(book);
  });
  answer(book);
  return book.events;
}

const rootInodes = [4026531835, 4026531839, 4026531841, 4026531840, 4026531836, 4026531834, 4026531837, 4026531838];

const terminalInode = 4026532222;

function boot(book: Notebook): void {
  const { write } = book;
  write({ type: 'boot', version: 1, model: '1', seed: 1, bootUnixSeconds: 1_795_500_000, hostname: 'glassdock' }, 0);
  for (const [index, kind] of namespaceKinds.entries()) {
    write({ type: 'namespace.create', pid: 1, kind, inode: rootInodes[index] ?? 0 }, 0);
  }
  write({ type: 'task.fork', pid: 1, by: 0, parent: 0, nsPids: [1], flags: [] }, 0);
  write({ type: 'task.exec', pid: 1, path: '/sbin/init', argv: ['/sbin/init'], comm: 'systemd', closed: [] }, 0);
  write({ type: 'cgroup.create', pid: 1, path: '/system.slice' });
  const { containerd, dockerd, sh } = samplePids;
  spawn(book, containerd, 1, '/usr/bin/containerd', ['/usr/bin/containerd'], 'containerd');
  write({ type: 'cgroup.create', pid: 1, path: '/system.slice/containerd.service' });
  write({ type: 'cgroup.move', pid: containerd, path: '/system.slice/containerd.service', by: 1 });
  write({ type: 'task.session', pid: containerd, sid: containerd, pgid: containerd });
  const dockerdArgv = ['/usr/sbin/dockerd', '-H', 'fd://', '--containerd=/run/containerd/containerd.sock'];
  spawn(book, dockerd, 1, '/usr/sbin/dockerd', dockerdArgv, 'dockerd');
  write({ type: 'cgroup.create', pid: 1, path: '/system.slice/docker.service' });
  write({ type: 'cgroup.move', pid: dockerd, path: '/system.slice/docker.service', by: 1 });
  write({ type: 'machine', pid: dockerd, machine: 'dockerd', object: '', to: 'serving', event: 'begin' });
  spawn(book, sh, 1, '/bin/sh', ['-sh'], 'sh');
  write({ type: 'task.session', pid: sh, sid: sh, pgid: sh });
  write({ type: 'terminal.output', terminal: 1, data: 'root@glassdock:~# ' });
  write({ type: 'input', terminal: 1, action: 'data', data: 'docker run -d --name web nginx\n' }, 1_000_000);
}

function containerFact(changes: Partial<Extract<Fact, { type: 'container' }>>): Fact {
  return {
    type: 'container',
    pid: samplePids.dockerd,
    id: sampleId,
    name: 'web',
    image: 'nginx',
    status: 'created',
    exitCode: 0,
    oomKilled: false,
    restartCount: 0,
    taskPid: 0,
    shimPid: 0,
    removed: false,
    ...changes,
  };
}

function client(book: Notebook): void {
  const { write, request } = book;
  const { docker, dockerd, sh } = samplePids;
  write({ type: 'stream.read', pid: sh, inode: terminalInode, bytes: 31 });
  spawn(book, docker, sh, '/usr/bin/docker', ['docker', 'run', '-d', '--name', 'web', 'nginx'], 'docker');
  request(docker, dockerd, 'HTTP', 'HEAD /_ping', () => '200');
  const creation = () => {
    const args = '"overlay", "/var/lib/docker/overlay2/5d1e/merged", "overlay"';
    write({ type: 'call', pid: dockerd, call: 'mount', args, result: '0' }, 9000);
    write({ type: 'machine', pid: dockerd, machine: 'container', object: sampleId, to: 'created', event: 'begin' });
    write(containerFact({}));
    write({ type: 'docker.event', pid: dockerd, action: 'create', object: sampleId, line: 'container create' });
    return '201';
  };
  request(docker, dockerd, 'HTTP', 'POST /v1.45/containers/create?name=web', creation, '{"Image":"nginx"}');
  request(docker, dockerd, 'HTTP', `POST /v1.45/containers/${sampleId}/wait?condition=next-exit`, () => '200');
}

function birth(book: Notebook): void {
  const { write, request } = book;
  const { docker, dockerd, containerd } = samplePids;
  const label = `POST /v1.45/containers/${sampleId}/start`;
  write({
    type: 'message.send',
    pid: docker,
    id: 5000,
    connection: 7050,
    protocol: 'HTTP',
    kind: 'request',
    label,
    to: dockerd,
  });
  write({ type: 'message.receive', pid: dockerd, id: 5000 }, 100);
  machineOf(book, 'created', 'setting up');
  write(
    {
      type: 'mount.add',
      pid: dockerd,
      namespace: 4026531841,
      id: 90,
      target: '/var/lib/docker/overlay2/5d1e/merged',
      fstype: 'overlay',
      source: 'overlay',
      options: 'rw',
    },
    4000,
  );
  write({ type: 'net.link', pid: dockerd, op: 'add', namespace: 4026531840, name: 'veth03d3b7b', value: 'veth' }, 9000);
  write({ type: 'docker.event', pid: dockerd, action: 'connect', object: 'bridge', line: 'network connect' });
  for (const name of [
    'leases.v1.Leases/Create',
    'containers.v1.Containers/Create',
    'leases.v1.Leases/Delete',
    'containers.v1.Containers/Get',
  ]) {
    request(dockerd, containerd, 'gRPC', `/containerd.services.${name}`, () => '0');
  }
  const fifo = `/run/docker/containerd/${sampleId}/${sampleId}-stdout`;
  write({ type: 'call', pid: dockerd, call: 'openat', args: `"${fifo}", O_RDONLY`, phase: 'enter' });
  request(dockerd, containerd, 'gRPC', '/containerd.services.tasks.v1.Tasks/Create', () => createTask(book));
}

function createTask(book: Notebook): string {
  const { write, request, inSpan } = book;
  const { containerd, shimStart, shim } = samplePids;
  const common = ['-namespace', 'moby', '-address', '/run/containerd/containerd.sock'];
  const binary = '/usr/bin/containerd-shim-runc-v2';
  spawn(
    book,
    shimStart,
    containerd,
    binary,
    [binary, ...common, '-publish-binary', '/usr/bin/containerd', '-id', sampleId, 'start'],
    'containerd-shim',
  );
  inSpan(shimStart, 'shim start', () => {
    write({ type: 'task.subreaper', pid: shimStart, on: true });
    spawn(
      book,
      shim,
      shimStart,
      binary,
      [binary, '-namespace', 'moby', '-id', sampleId, '-address', '/run/containerd/containerd.sock'],
      'containerd-shim',
    );
  });
  write({ type: 'task.session', pid: shim, sid: containerd, pgid: shim });
  write({ type: 'task.exit', pid: shimStart, status: { code: 0 } }, 5000);
  write({ type: 'task.reparent', pid: shim, from: shimStart, to: 1, because: 'namespace-init' }, 0);
  write({ type: 'task.reap', pid: shimStart, by: containerd });
  request(containerd, shim, 'ttrpc', 'containerd.task.v2.Task/Create', () => runcCreate(book));
  request(containerd, shim, 'ttrpc', 'containerd.task.v2.Task/Connect', () => '0');
  request(shim, containerd, 'ttrpc', 'containerd.services.events.ttrpc.v1.Events/Forward /tasks/create', () => '0');
  return '0';
}

function machineOf(book: Notebook, from: string, to: string): void {
  book.write({ type: 'machine', pid: samplePids.dockerd, machine: 'container', object: sampleId, from, to, event: to });
}

function start(book: Notebook): void {
  const { write, request } = book;
  const { dockerd, containerd, shim, init, runcStart } = samplePids;
  request(dockerd, containerd, 'gRPC', '/containerd.services.tasks.v1.Tasks/Start', () => {
    request(containerd, shim, 'ttrpc', 'containerd.task.v2.Task/Start', () => {
      const argv = ['runc', '--root', '/var/run/docker/runtime-runc/moby', '--systemd-cgroup', 'start', sampleId];
      spawn(book, runcStart, shim, '/usr/sbin/runc', argv, 'runc');
      write({
        type: 'call',
        pid: init,
        call: 'openat',
        args: '"/proc/self/fd/5", O_WRONLY',
        result: '8',
        phase: 'return',
      });
      write(
        {
          type: 'task.exec',
          pid: init,
          path: '/docker-entrypoint.sh',
          argv: ['/bin/sh', '/docker-entrypoint.sh', 'nginx', '-g', 'daemon off;'],
          comm: 'docker-entrypoi',
          closed: [5],
        },
        5000,
      );
      end(book, runcStart, shim);
      return '0';
    });
    request(shim, containerd, 'ttrpc', 'containerd.services.events.ttrpc.v1.Events/Forward /tasks/start', () => '0');
    request(containerd, shim, 'ttrpc', 'containerd.task.v2.Task/State', () => '0');
    return '0';
  });
  machineOf(book, 'setting up', 'running');
  write(containerFact({ status: 'running', taskPid: init, shimPid: shim }));
  write({ type: 'docker.event', pid: dockerd, action: 'start', object: sampleId, line: 'container start' });
}

function answer(book: Notebook): void {
  const { write } = book;
  const { docker, dockerd, sh } = samplePids;
  const label = `POST /v1.45/containers/${sampleId}/start`;
  write({
    type: 'message.send',
    pid: dockerd,
    id: 5001,
    connection: 7050,
    protocol: 'HTTP',
    kind: 'response',
    label,
    status: '204',
    to: docker,
  });
  write({ type: 'message.receive', pid: docker, id: 5001 }, 100);
  write({ type: 'terminal.output', terminal: 1, data: `${sampleId}\r\n` });
  end(book, docker, sh);
  write({ type: 'stream.write', pid: sh, inode: terminalInode, data: 'root@glassdock:~# ' });
  write({ type: 'terminal.output', terminal: 1, data: 'root@glassdock:~# ' });
  write({ type: 'note', pid: sh, topic: 'prompt', text: 'PS1' });
}
