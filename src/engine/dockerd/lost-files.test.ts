/** What is said of containers whose files somebody has removed; asked of 26.1.5. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import type { Host } from '../docker/host.fixture.ts';

const store = '/var/lib/docker/containers';

/** One that runs, one with a terminal, one that ended, one that never ran; `rm` has removed files of all. */
function without(files: string): { readonly host: Host; readonly idOf: (name: string) => string } {
  const host = bootHost();
  host.run(
    "docker run -d --name web --network none busybox sh -c 'echo hi; sleep 1000'; " +
      "docker run -dt --name tty --network none busybox sh -c 'echo hi; sleep 1000'; " +
      'docker run --name over --network none busybox echo hi; docker create --name made --network none busybox true',
  );
  const idOf = (name: string): string => host.run(`docker inspect -f '{{.Id}}' ${name}`).stdout.trim();
  host.run(`rm -rf ${store}/${files}`);
  return { host, idOf };
}

test.each(['*', '*/*.log'])('without %s the log of one that runs is missing while it is read', (files) => {
  const { host, idOf } = without(files);
  const missing = (name: string): string =>
    `open ${store}/${idOf(name)}/${idOf(name)}-json.log: no such file or directory`;
  expect(host.run('docker logs --tail 0 web')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `error from daemon in stream: Error grabbing logs: ${missing('web')}\n\n`,
  });
  // On a terminal nothing tells an error from output.
  expect(host.run('docker logs tty')).toEqual({
    exitCode: 0,
    stdout: `Error grabbing logs: ${missing('tty')}\n`,
    stderr: '',
  });
  expect(host.run('journalctl -u docker').stdout).toContain(
    `level=error msg="Error streaming logs: ${missing('web')}"`,
  );
});

test('the log of one that does not run is made when it is read, if it has a directory', () => {
  const { host, idOf } = without('*/*.log');
  expect(host.run('docker logs over; docker logs made')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(host.run(`ls ${store}/${idOf('made')}/*.log | wc -l`).stdout).toBe('1\n');
  const bare = without('*');
  const id = bare.idOf('over');
  expect(bare.host.run('docker logs over')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `Error response from daemon: open ${store}/${id}/${id}-json.log: no such file or directory\n`,
  });
});

/** Asked of 26.1.5. */
test('a log in which somebody has written is told up to there', () => {
  const { host, idOf } = without('*.nothing');
  const id = idOf('over');
  const logs = (line: string, ...options: readonly string[]) => {
    host.run(`printf '%s\\n' '${line}' >> ${store}/${id}/${id}-json.log`);
    return host.run(`docker logs ${options.join(' ')} over`);
  };
  const told = (why: string): string => `error from daemon in stream: Error grabbing logs: ${why}\n\n`;

  expect(logs('')).toEqual({ exitCode: 0, stdout: 'hi\n', stderr: '' });
  expect(logs('{}')).toEqual({ exitCode: 0, stdout: 'hi\n', stderr: '' });
  const wrong = "invalid character 'g' looking for beginning of value";
  expect(logs('gone')).toEqual({ exitCode: 1, stdout: 'hi\n', stderr: told(wrong) });
  expect(host.run('docker logs -n 1 over')).toEqual({ exitCode: 1, stdout: '', stderr: told(wrong) });
  expect(host.run('docker logs -n 0 over')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(host.run('docker ps -aq | wc -l').stdout).toBe('4\n');
});

test('a start makes the directory anew; rename and update, which could not be kept, are refused', () => {
  const { host, idOf } = without('*');
  const id = idOf('web');
  const lost = `open ${store}/${id}/.tmp-config.v2.json\\w+: no such file or directory`;
  expect(host.run('docker rename web site').stderr).toMatch(
    new RegExp(`^Error response from daemon: ${lost}\nError: failed to rename container named web\n$`),
  );
  expect(host.run('docker update --restart always web').stderr).toMatch(
    new RegExp(`^Error response from daemon: Cannot update container ${id}: ${lost}\n`),
  );
  expect(host.run('docker pause web; docker unpause web; docker kill web').exitCode).toBe(0);
  const logged = host.run('journalctl -u docker').stdout;
  expect(logged).toMatch(new RegExp(`level=warning msg="could not save container to disk" error="${lost}"`));
  expect(logged).toMatch(
    new RegExp(`level=warning msg="error checkpointing container state" container=${id} error="${lost}"`),
  );
  expect(host.run('docker start web over made').stdout).toBe('web\nover\nmade\n');
  expect(host.run(`stat -c %A ${store}/${id}; docker logs over; docker logs web`).stdout).toBe('drwxr-xr-x\nhi\nhi\n');
  expect(host.run('docker rm -f web over made tty >/dev/null; docker ps -aq').stdout).toBe('');
});
