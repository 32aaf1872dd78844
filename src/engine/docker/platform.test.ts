import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost();
const notParsed = 'error parsing specified platform: ';
const ofSystem =
  'OSAndVersion specifier component must match "^([A-Za-z0-9_-]+)(?:\\\\(([A-Za-z0-9_.-]*)\\\\))?$": invalid argument';

test.each([
  ['foo', '"foo": unknown operating system or architecture: invalid argument'],
  ['linux/amd64/v1/x', '"linux/amd64/v1/x": cannot parse platform specifier: invalid argument'],
  ['*', '"*": wildcards not yet supported: invalid argument'],
  ['a b/c', `"a b" is an invalid OS component of "a b/c": ${ofSystem}`],
  [
    'linux/',
    '"" is an invalid component of "linux/": platform specifier component must match "^[A-Za-z0-9_-]+$": invalid argument',
  ],
])('the platform %s is refused before anything is asked, by a pull by the daemon', (platform, because) => {
  expect(
    host.run(`docker create --pull always --cidfile /tmp/id --platform '${platform}' busybox; ls /tmp/id`),
  ).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `${notParsed}${because}\nls: cannot access '/tmp/id': No such file or directory\n`,
  });
  expect(host.run(`docker run --platform '${platform}' busybox true`)).toEqual({
    exitCode: 125,
    stdout: '',
    stderr: `docker: ${notParsed}${because}.\nSee 'docker run --help'.\n`,
  });
  expect(host.run(`docker pull --platform '${platform}' busybox`)).toEqual({
    exitCode: 1,
    stdout: 'Using default tag: latest\n',
    stderr: `Error response from daemon: ${because}\n`,
  });
});

test.each(['', 'linux', 'amd64', 'linux/amd64', 'LINUX/x86_64', 'linux/amd64/v8', 'linux(10)/amd64'])(
  'an image is taken for the platform %j',
  (platform) => {
    const answer = host.run(`docker run --rm --pull never --platform '${platform}' busybox echo hi`);
    expect(answer).toEqual({ exitCode: 0, stdout: 'hi\n', stderr: '' });
  },
);

test.each([
  ['linux/arm64', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64/v8'],
  ['arm', 'linux/arm'],
  ['linux/armel', 'linux/arm/v6'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['macos/AArch64', 'darwin/arm64'],
  ['windows', 'windows/amd64'],
  ['i386', 'linux/386'],
  ['foo/bar', 'foo/bar'],
])('an image for linux/amd64 is none for %s', (platform, meant) => {
  expect(host.run(`docker create --pull never --platform ${platform} busybox true`)).toEqual({
    exitCode: 1,
    stdout: '',
    stderr:
      'Error response from daemon: image with reference busybox was found but does not match the specified platform: ' +
      `wanted ${meant}, actual: linux/amd64\n`,
  });
});

test('an image that the registry has for linux/amd64 alone cannot be had for another platform', () => {
  const none = 'no matching manifest for linux/arm64 in the manifest list entries';
  const refused = {
    exitCode: 125,
    stdout: '',
    stderr:
      "Unable to find image 'busybox:latest' locally\nlatest: Pulling from library/busybox\n" +
      `docker: ${none}.\nSee 'docker run --help'.\n`,
  };
  expect(host.run('docker run --platform linux/arm64 busybox true')).toEqual(refused);
  expect(host.run('DOCKER_DEFAULT_PLATFORM=linux/arm64 docker run busybox true')).toEqual(refused);
  expect(host.run("DOCKER_DEFAULT_PLATFORM=linux/arm64 docker run --rm --platform '' busybox true").exitCode).toBe(0);
  expect(host.run('docker pull -q --platform linux/arm64 alpine').stderr).toBe(`${none}\n`);
  expect(host.run('docker pull -q --platform linux/amd64/foo alpine').stderr).toBe(
    'no matching manifest for linux/amd64/foo in the manifest list entries\n',
  );
  expect(host.run('docker pull -q --platform linux/amd64/v3 alpine').exitCode).toBe(0);
});
