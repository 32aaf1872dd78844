/** docker-init's options, on the host where it is not pid 1. All was asked of tini 0.19.0. */
import { expect, test } from 'vitest';
import { bootHost } from '../../engine/docker/host.fixture.ts';

const host = bootHost();

/** With the pids that it names made alike. */
function init(line: string): readonly [exitCode: number | null, stdout: string, stderr: string] {
  const { exitCode, stdout, stderr } = host.run(`docker-init ${line}`);
  const alike = (text: string): string => text.replaceAll(/\(\d+\)/g, '(N)').replaceAll(/(pid[ =:]+'?)\d+/g, '$1N');
  return [exitCode, alike(stdout), alike(stderr)];
}

test('wrong options and a missing command are answered with the help, on standard error', () => {
  const [, help] = init('-h');
  expect(help).toMatch(/^docker-init \(tini version 0\.19\.0\)\nUsage: docker-init \[OPTIONS\] PROGRAM -- /);
  expect(init('')).toEqual([1, '', help]);
  expect(init('--bogus -- true')).toEqual([1, '', `docker-init: invalid option -- '-'\n${help}`]);
  expect(init('-s sh -c true')).toEqual([1, '', `docker-init: invalid option -- 'c'\n${help}`]);
  expect(init('-p')).toEqual([1, '', `docker-init: option requires an argument -- 'p'\n${help}`]);
  expect(init('-p BOGUS -- true')).toEqual([1, '', '[FATAL tini (N)] Not a valid option for -p: BOGUS\n']);
  expect(init('-e 300 -- true')).toEqual([1, '', '[FATAL tini (N)] Not a valid option for -e: 300\n']);
  expect(init('--version')).toEqual([0, 'tini version 0.19.0\n', '']);
});

test('it warns when orphans would not come to it, and not when -s makes it their subreaper', () => {
  expect(init('-- true')).toEqual([
    0,
    '',
    "[WARN  tini (N)] Tini is not running as PID 1 and isn't registered as a child subreaper.\n" +
      "Zombie processes will not be re-parented to Tini, so zombie reaping won't work.\n" +
      'To fix the problem, use the -s option or set the environment variable TINI_SUBREAPER ' +
      'to register Tini as a child subreaper, or run Tini as PID 1.\n',
  ]);
  expect(init("-sw -- sh -c 'sleep 1 & exec sleep 2'")).toEqual([
    0,
    '',
    '[WARN  tini (N)] Reaped zombie process with pid=N\n',
  ]);
});

test('-e ends it with 0 instead of a code; -v tells what it does', () => {
  expect(init("-s -e 3 -e 4 -- sh -c 'exit 4'")).toEqual([0, '', '']);
  expect(init("-s -vvv -- sh -c 'kill -9 $$'")).toEqual([
    137,
    '[TRACE tini (N)] Registered as child subreaper\n' +
      "[INFO  tini (N)] Spawned child process 'sh' with pid 'N'\n" +
      '[DEBUG tini (N)] Received SIGCHLD\n' +
      "[DEBUG tini (N)] Reaped child with pid: 'N'\n" +
      "[INFO  tini (N)] Main child exited with signal (with signal 'Killed')\n" +
      '[TRACE tini (N)] No child to wait\n' +
      '[TRACE tini (N)] Exiting: child has exited\n',
    '',
  ]);
});

test('-g signals the group of its command, of which each process has its own way', () => {
  const script = "trap 'echo child' TERM; sleep 5; echo on";
  const line = `docker-init -s -g -- sh -c "${script}" & sleep 1; kill -TERM $!; wait $!; echo $?`;
  expect(host.run(line).stdout).toBe('child\non\n0\n');
});
