import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost([]);
const tooOld =
  'client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version';
const tooNew = (version: string): string =>
  `client version ${version} is too new. Maximum supported API version is 1.45`;

test.each([
  // What a daemon of that age would have answered was plain text, so the JSON stands as it is.
  ['1.23', `{"message":"${tooOld}"}`],
  ['junk', '{"message":"page not found"}'],
  ['1.45 ', '{"message":"page not found"}'],
  ['1.99', tooNew('1.99')],
  ['1.45.1', tooNew('1.45.1')],
])('with DOCKER_API_VERSION=%s the daemon refuses', (version, words) => {
  expect(host.run(`DOCKER_API_VERSION='${version}' docker ps`)).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `Error response from daemon: ${words}\n`,
  });
});

test('docker version tells of the version that was chosen, whether the daemon speaks it or not', () => {
  const line = (version: string): string =>
    host.run(`DOCKER_API_VERSION=${version} docker version 2>/dev/null | grep 'API version'`).stdout;
  const own = '  API version:      1.45 (minimum version 1.24)\n';
  expect(line('')).toBe(` API version:       1.45\n${own}`);
  expect(line('1.40')).toBe(` API version:       1.40 (downgraded from 1.45)\n${own}`);
  expect(line('1.99')).toBe(' API version:       1.99 (downgraded from 1.45)\n');
});

test('an image that the daemon has no page for is missing, and its pull meets the same', () => {
  expect(host.run('DOCKER_API_VERSION=junk docker run busybox').stderr).toBe(
    `Unable to find image 'busybox:latest' locally
docker: Error response from daemon: {"message":"page not found"}.
See 'docker run --help'.
`,
  );
});
