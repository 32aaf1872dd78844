import { end, flagsOfSpawn, open, spawn, type Notebook } from './notebook.fixture.ts';

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

/** `runc create` and the stages of its runc init, as recorded in truth/vm-01. */
export function runcCreate(book: Notebook): string {
  const { write, inSpan } = book;
  const { shim, runcCreate: runc, init } = samplePids;
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
    stages(book);
    furnish(book);
    hook(book);
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

function stages(book: Notebook): void {
  const { write } = book;
  const { runcCreate: runc, stage0, stage1, init } = samplePids;
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
  write({ type: 'namespace.enter', pid: init, kind: 'cgroup', inode: 4026532205 });
  end(book, stage0, runc);
}

function hook(book: Notebook): void {
  const { write } = book;
  const { runcCreate: runc, setkey } = samplePids;
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
}
