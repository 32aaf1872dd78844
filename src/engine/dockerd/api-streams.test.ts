/** Connections that the API takes over, and archives that are put: answers of Docker 26.1.5 to curl. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run("docker run -d --name c1 busybox sh -c 'echo hello; mkdir /d; ln -s /d /l; ln -s /d/f /lf; sleep 100000'");
const curl = (words: string): string =>
  host.run(`curl -s --unix-socket /var/run/docker.sock ${words}`).stdout.replaceAll('\r', '');
const api = 'http://d/v1.45/containers/c1';
const upgrade = "-H 'Connection: Upgrade' -H 'Upgrade: tcp'";

test('attach answers 200 to a client that did not ask to upgrade, and 101 to one that did', () => {
  const head = 'HTTP/1.1 200 OK\nContent-Type: application/vnd.docker.raw-stream\n\n';
  expect(curl(`-i -m 2 -X POST '${api}/attach?stream=1&stdout=1'`)).toBe(head);
  expect(curl(`-i -m 2 ${upgrade} -X POST '${api}/attach?stream=1&stdout=1'`)).toBe(
    'HTTP/1.1 101 UPGRADED\nContent-Type: application/vnd.docker.multiplexed-stream\n' +
      'Connection: Upgrade\nUpgrade: tcp\n\n',
  );
});

// Asked of 26.1.5.
test('attach refuses without JSON, and hangs up', () => {
  const refused = (status: string, words: string): string =>
    `HTTP/1.1 ${status}\nContent-Type: application/vnd.docker.raw-stream\n\n${words}\n`;
  expect(curl('-i -m 2 -X POST http://d/v1.45/containers/nope/attach')).toBe(
    refused('404 Not Found', 'No such container: nope'),
  );
  expect(curl(`-i -m 2 ${upgrade} -X POST '${api}/attach?detachKeys=x,yy'`)).toBe(
    refused('400 Bad Request', 'Invalid detach keys (x,yy) provided'),
  );
  expect(host.run('journalctl -u docker | tail -n 1').stdout).toMatch(
    /level=error msg="Handler for POST \/v1\.45\/containers\/c1\/attach returned error" error="Invalid detach keys/,
  );
});

test('attach with logs and without stream tells what was printed, and ends', () => {
  expect(curl(`-X POST '${api}/attach?logs=1&stdout=1'`)).toBe('\x01\0\0\0\0\0\0\x06hello\n');
});

test('the start of an exec says besides what every answer says', () => {
  const json = "-H 'Content-Type: application/json'";
  const body = '{"Cmd":["echo","hi"],"AttachStdout":true}';
  const { Id } = JSON.parse(curl(`${json} -d '${body}' ${api}/exec`)) as { readonly Id: string };
  expect(curl(`-i ${json} -d '{}' http://d/v1.45/exec/${Id}/start`)).toBe(
    'HTTP/1.1 200 OK\nContent-Type: application/vnd.docker.raw-stream\nApi-Version: 1.45\n' +
      'Docker-Experimental: false\nOstype: linux\nServer: Docker/26.1.5+dfsg1 (linux)\n\n\x01\0\0\0\0\0\0\x03hi\n',
  );
});

// Asked of 26.1.5.
test('an exec is started once; of one that has ended no terminal can be resized', () => {
  const json = "-H 'Content-Type: application/json'";
  const execOf = (...Cmd: readonly string[]): string => {
    const body = JSON.stringify({ Cmd, AttachStdout: true });
    const { Id } = JSON.parse(curl(`${json} -d '${body}' ${api}/exec`)) as { readonly Id: string };
    return Id;
  };
  const ended = execOf('true');
  curl(`${json} -d '{}' http://d/exec/${ended}/start`);
  const words = `Error: Exec command ${ended} has already run\n`;
  expect(curl(`${json} -d '{}' http://d/exec/${ended}/start`)).toBe(`\x01\0\0\0\0\0\0\x66${words}`);
  expect(curl(`-w '%{http_code}' -X POST 'http://d/exec/${ended}/resize?h=5&w=5'`)).toBe(
    `{"message":"process does not exist ${ended}: not found"}\n404`,
  );
  const running = execOf('sleep', '100000');
  const start = `-w '%{http_code}' ${json} -d '{"Detach":true}' http://d/exec/${running}/start`;
  expect(curl(start)).toBe('200');
  expect(curl(start)).toBe(`{"message":"Error: Exec command ${running} is already running"}\n409`);
});

test('a doubled slash is sent elsewhere', () => {
  expect(curl('-i http://d/containers//json')).toMatch(/^HTTP\/1\.1 301 .*\n(?:.*\n)*Location: \/containers\/json\n/);
});

test('that builds are pruned is an event', () => {
  host.run('docker system prune -f; sleep 1');
  expect(host.run("docker events --since 0 --until 0s --filter type=builder --format '{{.Action}}'").stdout).toBe(
    'prune\n',
  );
});

host.run(
  'mkdir -p /w/dir/f; cd /w; echo hi > f; chmod 640 f; tar cf f.tar f; tar cf dir.tar -C dir f; echo junk > junk',
);
const put = (archive: string, query: string): string =>
  curl(`-w 'HTTP %{http_code}' -X PUT --data-binary @/w/${archive} '${api}/archive?${query}'`);

test('an archive is unpacked into a directory, also through a link to one', () => {
  expect(put('f.tar', 'path=/l')).toBe('HTTP 200');
  expect(host.run('docker exec c1 stat -c %a /d/f').stdout).toBe('640\n');
});

test('a directory takes the place of a file and the other way round, unless that is ruled out', () => {
  expect(put('dir.tar', 'path=/d&noOverwriteDirNonDir=1')).toBe(
    '{"message":"cannot overwrite non-directory \\"/d/f\\" with directory \\"/d\\""}\nHTTP 500',
  );
  expect(put('dir.tar', 'path=/d')).toBe('HTTP 200');
  host.run('docker exec c1 touch /d/f/inside');
  expect(put('f.tar', 'path=/d&noOverwriteDirNonDir=true')).toBe(
    '{"message":"cannot overwrite directory \\"/d/f\\" with non-directory \\"/d\\""}\nHTTP 500',
  );
  expect(put('f.tar', 'path=/d')).toBe('HTTP 200');
});

test.each([
  ['f.tar', 'path=/lf', 500, 'extraction point is not a directory'],
  ['f.tar', 'path=/nosuch/x', 404, 'Could not find the file /nosuch/x in container c1'],
  ['f.tar', 'path=', 400, 'bad parameter: pathcannot be empty'],
  ['junk', 'path=/d', 500, 'unexpected EOF'],
])('%s put to %s is refused with %i', (archive, query, status, message) => {
  expect(put(archive, query)).toBe(`${JSON.stringify({ message })}\nHTTP ${status}`);
});

test('a file whose path ends in a slash is no directory', () => {
  expect(curl(`'${api}/archive?path=/lf/'`)).toBe('{"message":"lstat /lf/: not a directory"}\n');
  expect(host.run('docker cp /w/f c1:/d/f/').stderr).toBe('no such directory\n');
});

test('input without end waits until somebody takes it', () => {
  expect(host.run('yes | docker run --rm -i busybox head -1')).toEqual({ exitCode: 0, stdout: 'y\n', stderr: '' });
  const exec = host.run('cat /dev/zero | docker exec -i c1 head -c 300000 | wc -c; docker ps --format "{{.Names}}"');
  expect(exec).toEqual({ exitCode: 0, stdout: '300000\nc1\n', stderr: '' });
  host.run('docker run -d -i --name c2 busybox sh -c "head -c 200000 | wc -c"; yes | docker attach c2');
  expect(host.run('docker logs c2; docker rm c2').stdout).toBe('200000\nc2\n');
});

// Asked of 26.1.5.
test('logs -f --until goes on until a line comes that is later', () => {
  const other = bootHost();
  other.run("docker run -d --network none --name web busybox sh -c 'echo one; sleep 5; echo two; sleep 1000'; sleep 2");
  const follow = 'timeout 9 docker logs -f --until 1s web; echo $? $(($(date +%s) - T))';
  expect(other.run(`T=$(date +%s); ${follow}; ${follow}`).stdout).toMatch(/^one\n0 [23]\none\n0 [23]\n$/);
});

test('what is asked for without sense is refused before the container is looked for', () => {
  const of = (words: string): string => curl(`${words} | jq -r .message`).trim();
  expect(of("-X POST 'http://d/v1.45/containers/nope/wait?condition=foo'")).toBe('invalid condition: "foo"');
  expect(of('http://d/v1.45/containers/nope/logs')).toBe('Bad parameters: you must choose at least one stream');
});
