/** Asked of 26.1.5 and 1.7.24. */
import { expect, test } from 'vitest';
import { bootHost } from './docker/host.fixture.ts';

const run = 'docker run -d --network none --name web busybox sleep 1000';
const shim = 'pgrep -x containerd-shim';
const state = "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web";

test.each(['TERM', 'INT'])(
  'a shim ends by SIG%s as it is told to, and takes its socket away: the rest is cleaned up',
  (name) => {
    const host = bootHost();
    host.run(`${run}; kill -${name} $(${shim}); sleep 2`);
    expect(host.run(`${state}; ls /run/containerd/s; ${shim}; journalctl -u containerd -o cat`).stdout).toMatch(
      /^exited 137\n(?=[^]*"cleaning up dead shim")/,
    );
  },
);

test('signals that a program of Go’s has not asked for, and that do not have to end it, do nothing', () => {
  const host = bootHost();
  host.run(`${run}; docker events >/dev/null & sleep 1`);
  const all = `$(${shim}) $(pidof dockerd containerd docker)`;
  for (const name of ['USR2', 'ALRM']) host.run(`kill -${name} ${all}; sleep 1`);
  host.run(`kill -USR1 $(${shim}); sleep 1`);
  expect(host.run(`${state}; echo ${all} | wc -w`).stdout).toBe('running 0\n4\n');
});
