/** ctr on the engine that dockerd uses; formats and words are those of the real one. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
const id = host.run('docker run -d --name web busybox sleep 1000').stdout.trim();
const pid = host.run('docker inspect -f {{.State.Pid}} web').stdout.trim();

test('dockerd’s containers and tasks are in the namespace moby, and nowhere else', () => {
  const width = 64 + 4;
  expect(host.run('ctr -n moby c ls').stdout).toBe(
    `${'CONTAINER'.padEnd(width)}IMAGE    RUNTIME                  \n${id}    -        io.containerd.runc.v2    \n`,
  );
  expect(host.run('ctr -n moby t ls').stdout).toBe(
    `${'TASK'.padEnd(width)}${'PID'.padEnd(pid.length + 4)}STATUS    \n${id}    ${pid.padEnd(pid.length + 4)}RUNNING\n`,
  );
  expect(host.run('ctr c ls; ctr t ls; ctr ns ls').stdout).toBe(
    'CONTAINER    IMAGE    RUNTIME    \nTASK    PID    STATUS    \nNAME LABELS \nmoby        \n',
  );
});

test('a task that ctr pauses is paused for docker too; a signal from ctr ends it', () => {
  expect(host.run(`ctr -n moby t ps ${id}`).stdout).toBe(`PID    INFO\n${pid.padEnd(7)}-\n`);
  expect(host.run(`ctr -n moby t pause ${id}; docker inspect -f '{{.State.Status}}' web`).stdout).toBe('paused\n');
  expect(host.run(`ctr -n moby t resume ${id}; docker inspect -f '{{.State.Status}}' web`).stdout).toBe('running\n');
  const ended = host.run(`ctr -n moby t kill -s KILL ${id}; sleep 1; docker inspect -f '{{.State.ExitCode}}' web`);
  expect(ended.stdout).toBe('137\n');
});

test('ctr ends when nobody reads it any more', () => {
  expect(host.run('ctr version | head -1')).toEqual({ exitCode: 0, stdout: 'Client:\n', stderr: '' });
});

test('what is not there is told as containerd tells it', () => {
  expect(host.run('ctr -n moby c info x')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'ctr: container "x" in namespace "moby": not found\n',
  });
  expect(host.run('ctr t kill').stderr).toBe('ctr: container id must be provided\n');
  expect(host.run('ctr foo')).toEqual({ exitCode: 3, stdout: '', stderr: "No help topic for 'foo'\n" });
  expect(host.run('ctr -a /nosock c ls').stderr).toBe(
    'ctr: failed to dial "/nosock": context deadline exceeded: connection error: ' +
      'desc = "transport: error while dialing: dial unix:///nosock: timeout"\n',
  );
  expect(host.run('ctr images ls').stderr).toContain('not modelled yet');
});
