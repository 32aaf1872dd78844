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
