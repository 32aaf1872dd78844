import { expect, test } from 'vitest';
import { bootHost } from '../../engine/docker/host.fixture.ts';
import { stage } from '../programs.fixture.ts';

test.each([
  ['timeout -s ALRM 1 sleep 5', 124],
  ['timeout 1 sleep 5', 124],
  ['timeout --preserve-status -s ALRM 1 sleep 5', 142],
  ['timeout -s KILL 1 sleep 5', 137],
  ['timeout -s ALRM 5 sleep 1', 0],
])('%s ends with %i', (command, status) => {
  expect(stage().sh(`${command}; exit $?`).status).toEqual({ code: status });
});

test('as the first process of a container it leads a session, and limits its command all the same', () => {
  const started = bootHost(['nginx']).run("docker run --rm --entrypoint '' nginx timeout 1 sleep 5");

  expect(started).toEqual({ exitCode: 124, stdout: '', stderr: '' });
});

test('seq takes time for its numbers', () => {
  const { out } = stage().sh('timeout 0.2 busybox seq 1000000 >/dev/null; echo $?; timeout 0.2 seq 1000000 | tail -1');

  expect(out).toBe('124\n1000000\n');
});

test('watch -x says what it cannot execute, where the command would have its say; and what is no number', () => {
  const { out, err } = stage().sh('timeout 1 watch -tx nosuch; echo; watch -n x true; echo $?');
  expect(out).toContain("watch: unable to execute 'nosuch': No such file or directory\n");
  expect(out.endsWith('\n1\n')).toBe(true);
  expect(err).toBe("watch: failed to parse argument: 'x': Invalid argument\n");
});
