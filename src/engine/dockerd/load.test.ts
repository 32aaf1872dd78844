/** A container's files that somebody wrote by hand: the daemon starts, and has the others. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
const [bad = ''] = host.run('docker create --name bad busybox; docker create --name good busybox').stdout.split('\n');
const directory = `/var/lib/docker/containers/${bad}`;
host.run(`cp -a ${directory} /saved`);

/** What is listed after a restart over `text` in one of its files, and what was logged of it. */
function restarted(file: string, text: string): { readonly names: string; readonly logged: string } {
  host.run('systemctl stop docker.socket docker');
  host.run(
    `cp /saved/* ${directory}/; ${text.startsWith('.') ? `jq -c '${text}' /saved/${file}` : `echo '${text}'`} > ${directory}/${file}`,
  );
  host.run('systemctl reset-failed docker.socket docker; systemctl start docker');
  const names = host.run("docker ps -a --format '{{.Names}}' | sort").stdout;
  const told = host.run('journalctl -u docker | grep "failed to load container" | tail -n 1').stdout;
  return { names, logged: /error="([^"]*)"/.exec(told)?.[1] ?? '' };
}

const type = 'json: cannot unmarshal';
test.each([
  ['config.v2.json', '[]', `${type} array into Go value of type container.Container`],
  ['config.v2.json', '3', `${type} number into Go value of type container.Container`],
  ['config.v2.json', '{"ID":"x"}', `Container x is stored at ${bad}`],
  ['config.v2.json', '{', 'unexpected EOF'],
  ['hostconfig.json', '[]', `${type} array into Go value of type container.HostConfig`],
])('%s of %s is told of', (file, text, words) => {
  expect(restarted(file, text)).toEqual({ names: 'good\n', logged: words });
});

test.each(['{}', 'null', '{"State":null}'])('one of no storage driver, %s, is passed over', (text) => {
  expect(restarted('config.v2.json', text).names).toBe('good\n');
});

test.each([
  ['config.v2.json', '.State=null'],
  ['hostconfig.json', '{}'],
])('%s of %s is read as zeros', (file, text) => {
  expect(restarted(file, text).names).toBe('bad\ngood\n');
});

test.each([
  '.Args=null',
  'del(.NetworkSettings)',
  '.NetworkSettings.Networks={"bridge":{}}',
  '.MountPoints=null|.LogPath=""',
  '.Config={"Cmd":"true"}',
  '.Created=null|.State.StartedAt=null',
])('%s of config.v2.json is read as zeros, and the container can be used', (text) => {
  expect(restarted('config.v2.json', text.startsWith('.') ? text : `.|${text}`).names).toBe('bad\ngood\n');
  expect(host.run('docker inspect bad && docker start bad && docker logs bad && docker ps -a').exitCode).toBe(0);
});

test('a container without a name is given one', () => {
  expect(restarted('config.v2.json', '.Name=""').names).toMatch(/^[a-z]+_[a-z]+\ngood\n$|^good\n[a-z]+_[a-z]+\n$/);
});

test.each(['.Config=null', '.MountPoints={"/data":null}'])('%s is the end of dockerd, as of the real one', (text) => {
  restarted('config.v2.json', text);
  const log = host.run('journalctl -u docker -n 30').stdout;
  expect(log).toContain('panic: runtime error: invalid memory address or nil pointer dereference');
  expect(log).toContain('Main process exited, code=exited, status=2/INVALIDARGUMENT');
});
