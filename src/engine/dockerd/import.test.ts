/** `docker import`; asked of 26.1.5. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run(
  'mkdir -p /im/bin /im/etc; docker create -q --name box --network none busybox true; docker cp -q box:/bin/busybox /im/bin; ' +
    'docker rm box; echo hi > /im/etc/hi; tar -C /im -cf /im.tar .; echo junk > /junk; head -c 3000 /im.tar > /half.tar',
);

test('an archive becomes an image of one layer, with what the changes say', () => {
  const made = host.run(
    `docker import -m message -c 'CMD ["/bin/busybox", "cat", "hi"]' -c 'WORKDIR /etc' /im.tar one:t`,
  );
  expect(made).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/) as string, stderr: '' });
  expect(host.run('docker run --rm --network none one:t').stdout).toBe('hi\n');
  expect(host.run("docker history --format '{{.CreatedBy}}|{{.Comment}}' one:t").stdout).toBe('|message\n');
  expect(
    host.run("docker inspect -f '{{.Id}} {{.Comment}} {{len .RootFS.Layers}} {{.Config.WorkingDir}}' one:t").stdout,
  ).toBe(`${made.stdout.trim()} message 1 /etc\n`);
  expect(
    host.run(
      "docker events --since 1m --until 0s --filter type=image --format '{{.Action}} {{.Actor.Attributes.name}}'",
    ).stdout,
  ).toBe(`import ${made.stdout.trim()}\ntag one:t\n`);
});

test('it may come over standard input, without a name, and with nothing in it', () => {
  host.run('docker run --name box --network none busybox touch /there; docker export box | docker import - two');
  expect(host.run('docker run --rm --network none two ls /there').stdout).toBe('/there\n');
  expect(host.run("docker inspect -f '{{.Comment}}' two").stdout).toBe('Imported from -\n');
  host.run('docker import - < /dev/null');
  expect(host.run("docker images --format '{{.Repository}} {{.Tag}} {{.Size}}' | grep none").stdout).toBe(
    '<none> <none> 0B\n',
  );
  expect(host.run('docker run --rm --network none two').stderr).toContain('no command specified');
});

test.each([
  ['/nosuch', 'open /nosuch: no such file or directory\n'],
  [
    '/tmp',
    'error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/images/create?fromSrc=-&message=&repo=&tag=": ' +
      'read /tmp: is a directory\n',
  ],
  ['/junk', 'Error response from daemon: unexpected EOF\n'],
  ['/half.tar', 'Error response from daemon: unexpected EOF\n'],
  ['/im.tar UPPER', 'invalid reference format: repository name (library/UPPER) must be lowercase\n'],
  ['/im.tar a:b:c', 'invalid reference format\n'],
  [`/im.tar a@sha256:${'0'.repeat(64)}`, 'Error response from daemon: cannot import digest reference\n'],
  ["-c 'RUN true' /im.tar", 'Error response from daemon: RUN is not a valid change command\n'],
  ["-c '' /im.tar", 'Error response from daemon: file with no instructions\n'],
])('docker import %s is refused, and leaves nothing', (words, stderr) => {
  const before = host.run('ls /var/lib/docker/overlay2; docker images -aq').stdout;
  expect(host.run(`docker import ${words}`)).toEqual({ exitCode: 1, stdout: '', stderr });
  expect(host.run('ls /var/lib/docker/overlay2; docker images -aq').stdout).toBe(before);
});
