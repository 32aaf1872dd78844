import { expect, test } from 'vitest';
import { createJournal } from '../journal/journal.ts';
import type { Fact } from '../journal/event.ts';
import { faultMenu } from './faults.ts';
import { livesOf } from './lives.ts';

const id = 'c0ffee'.padEnd(64, '0');
const scope = `/system.slice/docker-${id}.scope`;

/** A dockerd, and a container's shim and first process below process 1. */
const born: readonly Fact[] = [
  { type: 'namespace.create', pid: 1, kind: 'mnt', inode: 1 },
  fork(1, 0),
  execed(1, '/sbin/init', ['/sbin/init']),
  fork(10, 1),
  execed(10, '/usr/sbin/dockerd', ['dockerd']),
  fork(20, 1),
  execed(20, '/usr/bin/containerd-shim-runc-v2', ['containerd-shim-runc-v2', '-id', id]),
  container('running', 30),
  { type: 'cgroup.create', pid: 0, path: scope },
  fork(30, 20),
  { type: 'namespace.create', pid: 30, kind: 'mnt', inode: 2 },
  { type: 'cgroup.move', pid: 30, path: scope, by: 1 },
];

function fork(pid: number, by: number): Fact {
  return { type: 'task.fork', pid, by, parent: by, nsPids: [pid], flags: [] };
}

function execed(pid: number, path: string, argv: readonly string[]): Fact {
  return { type: 'task.exec', pid, path, argv, comm: path.slice(path.lastIndexOf('/') + 1), closed: [] };
}

function container(status: 'running' | 'paused' | 'exited', taskPid: number): Fact {
  const counts = { exitCode: 0, oomKilled: false, restartCount: 0, shimPid: 20, removed: false };
  return { type: 'container', pid: 10, id, name: 'web', image: 'busybox', status, taskPid, ...counts };
}

function opened(name: string): Extract<Fact, { type: 'fd.open' }> {
  const file = { id: 7, kind: 'file', name, access: 'w', inode: 7 } as const;
  return { type: 'fd.open', pid: 1, fd: 3, file, closeOnExec: false };
}

function commandsOf(target: Parameters<typeof faultMenu>[2], more: readonly Fact[] = []): readonly string[] {
  const journal = createJournal();
  journal.append([...born, ...more].map((fact, seq) => ({ ...fact, seq, timeNs: seq })));
  const menu = faultMenu(journal.worldAt(journal.length), livesOf(journal.events), target);
  return menu?.groups.flatMap(({ faults }) => faults.map(({ command }) => command)) ?? [];
}

test('a daemon can be signalled, and its service stopped, restarted and killed', () => {
  const commands = commandsOf({ type: 'process', pid: 10 });
  expect(commands).toContain('kill -STOP 10');
  expect(commands).toContain('systemctl restart docker');
  expect(commands).toContain('systemctl kill -s KILL docker');
});

test('what a container can suffer depends on its state', () => {
  const running = commandsOf({ type: 'container', id });
  expect(running).toContain('docker pause web');
  expect(running).not.toContain('docker unpause web');
  const paused = commandsOf({ type: 'container', id }, [container('paused', 30)]);
  expect(paused).toContain('docker unpause web');
  expect(paused).not.toContain('docker pause web');
  const ended = commandsOf({ type: 'container', id }, [container('exited', 0)]);
  expect(ended).toEqual(['docker start web', 'docker rm -f web']);
});

test('a fork bomb is offered once a limit would stop it', () => {
  const bomb = "docker exec web sh -c 'f() { f & f; }; f'";
  expect(commandsOf({ type: 'container', id })).not.toContain(bomb);
  const limited: Fact = { type: 'cgroup.write', pid: 1, path: scope, file: 'pids.max', value: '20' };
  expect(commandsOf({ type: 'container', id }, [limited])).toContain(bomb);
});

test('while a daemon does not run its service can be started, from process 1', () => {
  expect(commandsOf({ type: 'process', pid: 1 })).not.toContain('systemctl start docker');
  const ended: Fact = { type: 'task.exit', pid: 10, status: { signal: 'SIGKILL' } };
  expect(commandsOf({ type: 'process', pid: 1 }, [ended])).toContain('systemctl start docker');
});

test('what stops is offered to who runs, and what continues to who is stopped', () => {
  const running = commandsOf({ type: 'process', pid: 30 });
  expect(running).toContain('kill -STOP 30');
  expect(running).not.toContain('kill -CONT 30');
  const stopped = commandsOf({ type: 'process', pid: 30 }, [
    { type: 'task.stop', pid: 30, on: true, signal: 'SIGSTOP' },
  ]);
  expect(stopped).toContain('kill -CONT 30');
  expect(stopped).not.toContain('kill -STOP 30');
});

test('live-restore is offered as what it is not', () => {
  const offered = (...more: readonly Fact[]) =>
    commandsOf({ type: 'process', pid: 10 }, more).flatMap(
      (command) => /"live-restore": (\w+)/.exec(command)?.[1] ?? [],
    );
  expect(offered()).toEqual(['true']);
  expect(offered({ type: 'daemon', pid: 10, liveRestore: true })).toEqual(['false']);
});

test('what the host suffers is offered while it is whole, and what mends it once it suffers', () => {
  const offered = (...more: readonly Fact[]) => commandsOf({ type: 'process', pid: 1 }, more);
  const breaks = (): unknown => expect.stringMatching(/^(mv \/usr\/sbin\/runc |fallocate|mkdir)/);
  expect(offered()).toEqual(['systemctl start containerd', breaks(), breaks(), breaks(), breaks()]);

  const args = '"/usr/sbin/runc", "/usr/sbin/runc.real"';
  const suffered: readonly Fact[] = [
    { type: 'call', pid: 1, call: 'rename', args, result: '0' },
    opened('/var/lib/docker/fill'),
    opened('/etc/glassdock/registry.json'),
  ];
  const mends = ['mv /usr/sbin/runc.real /usr/sbin/runc', 'rm /var/lib/docker/fill', 'rm /etc/glassdock/registry.json'];
  expect(offered(...suffered)).toEqual(['systemctl start containerd', ...mends]);

  const inside: Fact = { ...opened('/var/lib/docker/fill'), pid: 30 };
  expect(offered(inside)).toEqual(offered());
  const mended: Fact = { type: 'call', pid: 1, call: 'unlink', args: '"/var/lib/docker/fill"', result: '0' };
  expect(offered(opened('/var/lib/docker/fill'), mended)).toEqual(offered());
});

test('an upgrade is offered until it has been made', () => {
  const upgrade = 'apt-get install docker.io=27.5.1+dfsg4-1';
  expect(commandsOf({ type: 'process', pid: 10 })).toContain(upgrade);
  for (const command of [upgrade, upgrade.replace('install', '-y install')]) {
    const made: readonly Fact[] = [
      fork(40, 1),
      execed(40, '/usr/bin/apt-get', command.split(' ')),
      { type: 'task.exit', pid: 40, status: { code: 0 } },
    ];
    expect(commandsOf({ type: 'process', pid: 10 }, made)).not.toContain(upgrade);
  }
});

test('nothing more can happen to a zombie', () => {
  const ended: Fact = { type: 'task.exit', pid: 30, status: { code: 0 } };
  expect(commandsOf({ type: 'process', pid: 30 }, [ended])).toEqual([]);
});
