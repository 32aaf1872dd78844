import { namespaceKinds, type Fact, type JournalEvent, type OpenFileFact, type Protocol } from './event.ts';

/**
 * `docker run -d --name web nginx` as recorded in truth/vm-01, written by hand as a machine would write it: the order
 * of forks, execs, exits, reparentings, reaps and calls is the recording's, the durations those of truth/40-timing.
 */
export function sampleJournal(): readonly JournalEvent[] {
  const book = notebook();
  boot(book);
  client(book);
  birth(book);
  start(book);
  return book.events;
}

export const sampleId = '3f9c0d5e8a71b2c4d6e8f00112233445566778899aabbccddeeff00112233445';
export const samplePids = {
  containerd: 398,
  dockerd: 412,
  sh: 431,
  docker: 840,
  shimStart: 860,
  shim: 871,
  runcCreate: 883,
  stage0: 890,
  stage1: 896,
  init: 897,
  setkey: 901,
  runcStart: 915,
} as const;

interface Notebook {
  readonly events: JournalEvent[];
  /** Writes a fact; `afterUs` is the time since the fact before. */
  readonly write: (fact: Fact, afterUs?: number) => number;
  readonly inSpan: (pid: number, name: string, body: () => void) => void;
  readonly request: (from: number, to: number, protocol: Protocol, label: string, body: () => string) => void;
}

function notebook(): Notebook {
  const events: JournalEvent[] = [];
  let timeNs = 0;
  let number = 0;
  const spans: number[] = [];
  const connections = new Map<string, number>();
  const write = (fact: Fact, afterUs = 50): number => {
    timeNs += afterUs * 1000;
    const span = spans.at(-1);
    const seq = events.length;
    events.push({ ...fact, seq, timeNs, ...(span === undefined ? {} : { span }) });
    return seq;
  };
  const inSpan = (pid: number, name: string, body: () => void): void => {
    const id = (number += 1);
    const parent = spans.at(-1);
    write({ type: 'span.open', pid, id, name, level: 'engine', ...(parent === undefined ? {} : { parent }) });
    spans.push(id);
    body();
    spans.pop();
    write({ type: 'span.close', pid, id });
  };
  const request = (from: number, to: number, protocol: Protocol, label: string, body: () => string): void => {
    const key = `${from}-${to}`;
    const connection = connections.get(key) ?? 7000 + connections.size;
    connections.set(key, connection);
    const send = (pid: number, other: number, kind: 'request' | 'response', status?: string) => {
      const id = (number += 1);
      const answer = status === undefined ? {} : { status };
      write({ type: 'message.send', pid, id, connection, protocol, kind, label, ...answer, to: other }, 80);
      write({ type: 'message.receive', pid: other, id }, 120);
    };
    send(from, to, 'request');
    let status = '';
    inSpan(to, label.replace(/^.*\.(?=[A-Z][a-z]+\/)/, ''), () => {
      status = body();
    });
    send(to, from, 'response', status);
  };
  return { events, write, inSpan, request };
}

const rootInodes = [4026531835, 4026531839, 4026531841, 4026531840, 4026531836, 4026531834, 4026531837, 4026531838];
const flagsOfSpawn = ['CLONE_VM', 'CLONE_VFORK', 'SIGCHLD'];

function spawn(book: Notebook, pid: number, by: number, path: string, argv: readonly string[], comm: string): void {
  book.write({ type: 'task.fork', pid, by, parent: by, nsPids: [pid], flags: flagsOfSpawn }, 200);
  book.write({ type: 'task.exec', pid, path, argv, comm, closed: [] }, 400);
}

function open(book: Notebook, pid: number, fd: number, file: Omit<OpenFileFact, 'id'>): void {
  book.write({ type: 'fd.open', pid, fd, file: { id: pid * 10 + fd, ...file }, closeOnExec: false }, 1);
}

function end(book: Notebook, pid: number, by: number): void {
  book.write({ type: 'task.exit', pid, status: { code: 0 } }, 300);
  book.write({ type: 'task.reap', pid, by }, 60);
}

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
  spawn(book, docker, sh, '/usr/bin/docker', ['docker', 'run', '-d', '--name', 'web', 'nginx'], 'docker');
  request(docker, dockerd, 'HTTP', 'HEAD /_ping', () => '200');
  request(docker, dockerd, 'HTTP', 'POST /v1.45/containers/create?name=web', () => {
    const args = '"overlay", "/var/lib/docker/overlay2/5d1e/merged", "overlay"';
    write({ type: 'call', pid: dockerd, call: 'mount', args, result: '0' }, 9000);
    write({ type: 'machine', pid: dockerd, machine: 'container', object: sampleId, to: 'created', event: 'begin' });
    write(containerFact({}));
    write({ type: 'docker.event', pid: dockerd, action: 'create', object: sampleId, line: 'container create' });
    return '201';
  });
  request(docker, dockerd, 'HTTP', `POST /v1.45/containers/${sampleId}/wait?condition=next-exit`, () => '200');
}

function birth(book: Notebook): void {
  const { write, request, inSpan } = book;
  const { docker, dockerd, containerd, shimStart, shim } = samplePids;
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
  machineOf(book, 'created', 'starting');
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
  request(dockerd, containerd, 'gRPC', '/containerd.services.tasks.v1.Tasks/Create', () => {
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
  });
}

function machineOf(book: Notebook, from: string, to: string): void {
  book.write({ type: 'machine', pid: samplePids.dockerd, machine: 'container', object: sampleId, from, to, event: to });
}

function runcCreate(book: Notebook): string {
  const { write, inSpan } = book;
  const { shim, runcCreate: runc, stage0, stage1, init, setkey } = samplePids;
  write({ type: 'task.subreaper', pid: shim, on: true }, 3000);
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/moby/${sampleId}`;
  const argv = [
    'runc',
    '--root',
    '/var/run/docker/runtime-runc/moby',
    '--log',
    `${bundle}/log.json`,
    '--log-format',
    'json',
    '--systemd-cgroup',
  ];
  for (const [fd, inode] of [
    [10, 5001],
    [12, 5002],
  ] as const) {
    open(book, shim, fd, { kind: 'pipe', name: `pipe:[${inode}]`, access: 'r', inode });
  }
  spawn(
    book,
    runc,
    shim,
    '/usr/sbin/runc',
    [...argv, 'create', '--bundle', bundle, '--pid-file', `${bundle}/init.pid`, sampleId],
    'runc',
  );
  inSpan(runc, 'runc create', () => {
    write({ type: 'task.subreaper', pid: runc, on: true });
    const exec = { argv: ['runc', 'init'], comm: 'exe', closed: [10, 12] };
    write({ type: 'task.fork', pid: stage0, by: runc, parent: runc, nsPids: [stage0], flags: flagsOfSpawn });
    write({ type: 'task.exec', pid: stage0, path: '/proc/self/exe', ...exec });
    write({ type: 'task.exec', pid: stage0, path: '', ...exec });
    write({ type: 'task.name', pid: stage0, comm: 'runc:[0:PARENT]' });
    open(book, stage0, 1, { kind: 'pipe', name: 'pipe:[5001]', access: 'w', inode: 5001 });
    open(book, stage0, 2, { kind: 'pipe', name: 'pipe:[5002]', access: 'w', inode: 5002 });
    const scope = `/system.slice/docker-${sampleId}.scope`;
    write({ type: 'cgroup.create', pid: 1, path: scope });
    write({ type: 'cgroup.move', pid: stage0, path: scope, by: 1 });
    write({
      type: 'task.fork',
      pid: stage1,
      by: stage0,
      parent: runc,
      nsPids: [stage1],
      flags: ['CLONE_PARENT', 'SIGCHLD'],
    });
    write({ type: 'task.name', pid: stage1, comm: 'runc:[1:CHILD]' });
    write({
      type: 'call',
      pid: stage1,
      call: 'unshare',
      args: 'CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNET',
      result: '0',
    });
    for (const [index, kind] of (['pid', 'ipc', 'mnt', 'net', 'uts'] as const).entries()) {
      write({
        type: 'namespace.create',
        pid: stage1,
        kind,
        inode: 4026532200 + index,
        ...(kind === 'mnt' ? { copyOf: 4026531841 } : {}),
      });
      if (kind !== 'pid') write({ type: 'namespace.enter', pid: stage1, kind, inode: 4026532200 + index });
    }
    write({
      type: 'task.fork',
      pid: init,
      by: stage1,
      parent: runc,
      nsPids: [init, 1],
      flags: ['CLONE_PARENT', 'SIGCHLD'],
      namespaces: { pid: 4026532200 },
    });
    write({ type: 'task.name', pid: init, comm: 'runc:[2:INIT]' });
    end(book, stage1, runc);
    write({ type: 'task.session', pid: init, sid: init, pgid: init });
    write({ type: 'namespace.create', pid: init, kind: 'cgroup', inode: 4026532205 });
    end(book, stage0, runc);
    furnish(book);
    spawn(
      book,
      setkey,
      runc,
      `/proc/${samplePids.dockerd}/exe`,
      ['libnetwork-setkey', '-exec-root=/var/run/docker', sampleId, '137c01e7b3e7'],
      'exe',
    );
    write(
      {
        type: 'net.link',
        pid: samplePids.dockerd,
        op: 'move',
        namespace: 4026531840,
        name: 'veth03d3b7b',
        value: '4026532203',
      },
      60_000,
    );
    write({ type: 'task.exit', pid: setkey, status: { code: 0 } }, 50_000);
    write({ type: 'task.reap', pid: setkey, by: runc });
    write({ type: 'call', pid: init, call: 'pivot_root', args: '".", "."', result: '0' }, 900);
    write({ type: 'call', pid: init, call: 'seccomp', args: 'SECCOMP_SET_MODE_FILTER', result: '0' });
    write({
      type: 'machine',
      pid: init,
      machine: 'runc init',
      object: sampleId,
      from: 'closing the doors',
      to: 'waiting for start',
      event: 'call.done',
    });
    write({ type: 'call', pid: init, call: 'openat', args: '"/proc/self/fd/5", O_WRONLY', phase: 'enter' });
  });
  write({ type: 'task.exit', pid: runc, status: { code: 0 } }, 2000);
  write({ type: 'task.reparent', pid: init, from: runc, to: shim, because: 'subreaper' }, 0);
  write({ type: 'task.reap', pid: runc, by: shim });
  return '0';
}

function furnish(book: Notebook): void {
  const { init } = samplePids;
  const state = { machine: 'runc init', object: sampleId, pid: init } as const;
  book.write({ type: 'machine', ...state, to: 'preparing the root file system', event: 'begin' });
  const mounts = [
    ['proc', '/proc'],
    ['tmpfs', '/dev'],
    ['devpts', '/dev/pts'],
    ['sysfs', '/sys'],
    ['cgroup2', '/sys/fs/cgroup'],
  ] as const;
  for (const [index, [fstype, target]] of mounts.entries()) {
    const mount = { namespace: 4026532202, id: 300 + index, target, fstype, source: fstype, options: 'rw' };
    book.write({ type: 'mount.add', pid: init, ...mount }, 300);
  }
  book.write({
    type: 'machine',
    ...state,
    from: 'preparing the root file system',
    to: 'waiting for the hooks',
    event: 'call.done',
  });
}

function start(book: Notebook): void {
  const { write, request } = book;
  const { docker, dockerd, containerd, sh, shim, init, runcStart } = samplePids;
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
  machineOf(book, 'starting', 'running');
  write(containerFact({ status: 'running', taskPid: init, shimPid: shim }));
  write({ type: 'docker.event', pid: dockerd, action: 'start', object: sampleId, line: 'container start' });
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
  write({ type: 'terminal.output', terminal: 1, data: 'root@glassdock:~# ' });
}
