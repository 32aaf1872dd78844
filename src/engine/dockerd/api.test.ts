/** The Engine API as curl meets it; statuses and words are those of the real one. */
import fc from 'fast-check';
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
  // A body may be left out, but of what is created (asked of 26.1.5).
  ['/containers/create -X POST', 400, 'invalid JSON: got EOF while reading request body'],
  ['/containers/c1/exec -X POST', 400, 'No exec command specified'],
  ['/exec/nosuch/start -X POST', 404, 'No such exec instance: nosuch'],
  ['/exec/nosuch/resize -X POST', 400, 'strconv.Atoi: parsing "": invalid syntax'],
  ["/exec/nosuch/start -H 'Content-Type: application/json' -d '{'", 400, 'invalid JSON: unexpected EOF'],
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
  ...(
    [
      ['containers/create', '"x"', 'string into Go value of type runconfig.ContainerConfigWrapper'],
      ['containers/create', '[1]', 'array into Go value of type runconfig.ContainerConfigWrapper'],
      [
        'containers/create',
        '{"Cmd":5}',
        'number into Go struct field ContainerConfigWrapper.Config.Cmd of type string',
      ],
      [
        'containers/create',
        '{"Env":[1,2]}',
        'number into Go struct field ContainerConfigWrapper.Config.Env of type string',
      ],
      [
        'containers/create',
        '{"HostConfig":{"Memory":1.5}}',
        'number 1.5 into Go struct field HostConfig.HostConfig.Resources.Memory of type int64',
      ],
      [
        'containers/create',
        '{"HostConfig":{"Mounts":[{"Type":5}]}}',
        'number into Go struct field Mount.HostConfig.Mounts.Type of type mount.Type',
      ],
      [
        'containers/c1/update',
        '{"Memory":"x"}',
        'string into Go struct field UpdateConfig.Resources.Memory of type int64',
      ],
    ] as const
  ).map(([path, body, words]): [string, number, string] => [
    `/${path} ${json} -d '${body}'`,
    400,
    `invalid JSON: json: cannot unmarshal ${words}`,
  ]),
  // Asked of 26.1.5: what is wrong there is told before what the object is.
  [`/containers/create ${json} -d '{"Image":"x"} y'`, 400, 'unexpected content after JSON'],
  [
    `/containers/create ${json} -d '{"Image":"x","HostConfig":{"AutoRemove":true,"RestartPolicy":` +
      `{"Name":"always"}}} }'`,
    400,
    "can't create 'AutoRemove' container with restart policy",
  ],
  ['/containers/json?filters=5', 400, 'invalid filter'],
  ['/containers/json?filters=%7B%22status%22:5%7D', 400, 'invalid filter'],
  ['/events?since=1.5.6', 500, 'strconv.ParseInt: parsing "5.6": invalid syntax'],
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

test('who asks for no page that there is, or speaks another version, is told so, and little else', () => {
  const headOf = (path: string): string =>
    host.run(`curl -si --unix-socket /run/docker.sock http://d/${path} | grep -v ^Date`).stdout.replaceAll('\r', '');
  expect(headOf('v1.99/nope')).toBe(
    'HTTP/1.1 404 Not Found\nContent-Type: application/json\nContent-Length: 29\n\n{"message":"page not found"}\n',
  );
  expect(headOf('v1.2.3/_ping')).toBe(
    `HTTP/1.1 400 Bad Request
Api-Version: 1.45
Content-Type: application/json
Ostype: linux
Server: Docker/26.1.5+dfsg1 (linux)
Content-Length: 132

{"message":"client version 1.2.3 is too old. Minimum supported API version is 1.24, \
please upgrade your client to a newer version"}
`,
  );
});

test('a ping is answered to HEAD with no length, and OPTIONS is on every path', () => {
  const headOf = (words: string): string =>
    host.run(`curl -si --unix-socket /run/docker.sock ${words} | grep -v ^Date`).stdout.replaceAll('\r', '');
  const cached = 'Cache-Control: no-cache, no-store, must-revalidate\n';
  const known = 'Ostype: linux\nPragma: no-cache\nServer: Docker/26.1.5+dfsg1 (linux)\nSwarm: inactive\n';
  expect(headOf('-I http://d/_ping')).toBe(
    `HTTP/1.1 200 OK\nApi-Version: 1.45\nBuilder-Version: 2\n${cached}Content-Length: 0\n` +
      `Content-Type: text/plain; charset=utf-8\nDocker-Experimental: false\n${known}\n`,
  );
  expect(headOf('http://d/_ping')).toBe(
    `HTTP/1.1 200 OK\nApi-Version: 1.45\nBuilder-Version: 2\n${cached}Docker-Experimental: false\n${known}` +
      'Content-Length: 2\nContent-Type: text/plain; charset=utf-8\n\nOK\n',
  );
  for (const path of ['nosuch', 'v1.45/containers/json'])
    expect(headOf(`-X OPTIONS http://d/${path}`)).toBe(
      'HTTP/1.1 200 OK\nApi-Version: 1.45\nDocker-Experimental: false\nOstype: linux\n' +
        'Server: Docker/26.1.5+dfsg1 (linux)\nContent-Length: 0\n\n',
    );
  expect(headOf('-X OPTIONS http://d/v1.99/_ping')).toContain('HTTP/1.1 400 Bad Request\nApi-Version: 1.45\n');
});

test('every version from 1.24 on is spoken', () => {
  expect(host.run('curl -s --unix-socket /run/docker.sock http://d/v1.24/containers/json').stdout).toBe('[]\n');
});

test('ports that are published from the host’s own network are discarded with a warning', () => {
  expect(host.run('docker run --rm --network host -p 80:80 busybox true').stderr).toMatch(
    /^WARNING: Published ports are discarded when using host network mode$/m,
  );
});

test('filters that are null are none', () => {
  const ask = 'curl -s --unix-socket /run/docker.sock';
  expect(host.run(`${ask} 'http://d/containers/json?filters=null'`).stdout).toBe('[]\n');
  expect(host.run(`${ask} 'http://d/containers/json?filters=%7B%22status%22:null%7D'`).stdout).toBe('[]\n');
});

test('a log driver without options, and a command that is one word, are enough for a container', () => {
  const body = '{"Image":"busybox","Cmd":"true","HostConfig":{"LogConfig":{"Type":"json-file"}}}';
  const create = `curl -s ${json} -d '${body}' --unix-socket /run/docker.sock http://d/containers/create?name=plain`;
  const show = "docker inspect -f '{{json .Config.Cmd}} {{json .HostConfig.LogConfig}}' plain; docker rm plain";
  expect(host.run(`${create} >&2; docker start plain >&2; ${show}`).stdout).toBe(
    '["true"] {"Type":"json-file","Config":{}}\nplain\n',
  );
});

const value = fc.jsonValue({ maxDepth: 2 });
const fields = (...names: readonly string[]) => fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });
const hostFields = ['Binds', 'Mounts', 'PortBindings', 'Tmpfs', 'Ulimits', 'LogConfig', 'Memory', 'Init', 'CapAdd'];
const limitFields = ['ConsoleSize', 'NetworkMode', 'RestartPolicy', 'GroupAdd', 'PidsLimit', 'Sysctls', 'ShmSize'];
const hostSettings = fields(...hostFields, ...limitFields);
const config = fields('Env', 'Cmd', 'Entrypoint', 'ExposedPorts', 'Healthcheck', 'Volumes', 'Labels', 'StopSignal');
const body = fc.oneof(
  value,
  fc
    .tuple(config, fc.oneof(hostSettings, value))
    .map(([own, HostConfig]) => ({ Image: 'busybox', ...own, HostConfig })),
  fields('Cmd', 'Env', 'Memory', 'RestartPolicy', 'Detach', 'Name', 'Labels', 'User', 'AttachStdout'),
);
const posted = ['/containers/create', '/containers/c1/update', '/containers/c1/exec', '/volumes/create'];
const filtered = ['/containers/json', '/images/json', '/volumes', '/events'];

test('no body and no filter ends the daemon', () => {
  host.run('docker run -d --name c1 busybox sleep 1000000');
  const daemon = host.run('pgrep -x dockerd').stdout;
  const filters = fc.oneof(value, fields('status', 'label', 'name', 'dangling', 'exited', 'since'));
  const request = fc.oneof(
    fc.tuple(fc.constantFrom(...posted), body).map(([path, sent]) => `${json} -d ${quoted(sent)} http://d${path}`),
    fc
      .tuple(fc.constantFrom(...filtered), filters)
      .map(
        ([path, sent]) =>
          `'http://d${path}?until=1&filters=${encodeURIComponent(JSON.stringify(sent)).replaceAll("'", '%27')}'`,
      ),
  );
  fc.assert(
    fc.property(request, (asked) => {
      const answer = host.run(`curl -s -w '\n%{http_code}' --unix-socket /run/docker.sock ${asked}`).stdout;
      expect(answer).toMatch(/\n[2-5]\d\d$/);
      expect(host.run('pgrep -x dockerd').stdout).toBe(daemon);
    }),
    { seed: 1, numRuns: 150 },
  );
});

function quoted(sent: unknown): string {
  return `'${JSON.stringify(sent).replaceAll("'", String.raw`'\''`)}'`;
}
