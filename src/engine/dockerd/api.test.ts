/** The Engine API as curl meets it; statuses and words are those of the real one. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
const json = "-H 'Content-Type: application/json'";

test.each([
  ['/v1.46/info', 400, 'client version 1.46 is too new. Maximum supported API version is 1.45'],
  [
    '/v1.23/info',
    400,
    'client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version',
  ],
  ['/v1.45/nosuch', 404, 'page not found'],
  [
    "/containers/create -d '{}'",
    400,
    "unsupported Content-Type header (application/x-www-form-urlencoded): must be 'application/json'",
  ],
  [`/containers/create ${json} -d '{}'`, 400, 'config cannot be empty in order to create a container'],
  [
    `/containers/create ${json} -d '{bad'`,
    400,
    "invalid JSON: invalid character 'b' looking for beginning of object key string",
  ],
  [`/containers/create ${json} -d '{'`, 400, 'invalid JSON: unexpected EOF'],
])('%s is refused with %d', (request, status, message) => {
  const { stdout } = host.run(`curl -s -w '%{http_code}' --unix-socket /run/docker.sock http://d${request}`);
  expect(stdout).toBe(`${JSON.stringify({ message })}\n${status}`);
});

test('an answer has the real one’s header fields in their order, and the date of the machine’s clock', () => {
  const ask = 'curl -si --unix-socket /run/docker.sock http://d/v1.45/containers/json';
  const [date = '', ...lines] = host
    .run(`date -u "+Date: %a, %d %b %Y %T GMT"; ${ask}`)
    .stdout.replaceAll('\r', '')
    .split('\n');
  expect(lines).toEqual([
    'HTTP/1.1 200 OK',
    'Api-Version: 1.45',
    'Content-Type: application/json',
    'Docker-Experimental: false',
    'Ostype: linux',
    'Server: Docker/26.1.5+dfsg1 (linux)',
    date,
    'Content-Length: 3',
    '',
    '[]',
    '',
  ]);
});

test('every version from 1.24 on is spoken', () => {
  expect(host.run('curl -s --unix-socket /run/docker.sock http://d/v1.24/containers/json').stdout).toBe('[]\n');
});

test('ports that are published from the host’s own network are discarded with a warning', () => {
  expect(host.run('docker run --rm --network host -p 80:80 busybox true').stderr).toMatch(
    /^WARNING: Published ports are discarded when using host network mode$/m,
  );
});
