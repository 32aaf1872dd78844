/** What is mounted into a container, made in it or entered stays in it, wherever its image's links point. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run(
  'mkdir /src; echo hi > /src/file; docker run --name source --network none busybox sh -c ' +
    '"ln -s /etc /data; ln -s /nowhere/deep /dangling; ln -s ../../../../etc /up; ln -s loop /loop"; ' +
    'docker commit source linked',
);
const namesOnHost = 'ls -d /etc/* /nowhere*';
const before = host.run(namesOnHost).stdout;

test.each([
  ['-v /src:/data/foo', 'cat /etc/foo/file', 'hi\n'],
  ['-v volume:/data/vv', 'ls -d /etc/vv', '/etc/vv\n'],
  ['--tmpfs /data/tt', 'grep -o /etc/tt.tmpfs /proc/mounts', '/etc/tt tmpfs\n'],
  ['--device /dev/null:/data/dev', 'test -c /etc/dev && echo yes', 'yes\n'],
  ['-w /data/ww', 'pwd -P', '/etc/ww\n'],
  ['-v /src:/dangling/x', 'cat /nowhere/deep/x/file', 'hi\n'],
  ['-v /src/file:/dangling', 'cat /nowhere/deep', 'hi\n'],
  ['--tmpfs /dangling', 'grep -o /nowhere/deep.tmpfs /proc/mounts', '/nowhere/deep tmpfs\n'],
  ['-w /dangling', 'pwd -P', '/nowhere/deep\n'],
  ['-v /src:/up/x', 'cat /etc/x/file', 'hi\n'],
])('%s', (flags, command, stdout) => {
  const ran = host.run(`docker run --rm --network none ${flags} linked sh -c '${command}'`);

  expect(ran).toEqual({ exitCode: 0, stdout, stderr: '' });
  expect(host.run(namesOnHost).stdout).toBe(before);
});
