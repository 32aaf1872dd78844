import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost();
const daemon = 'docker: Error response from daemon: ';
const help = "See 'docker run --help'.\n";

test.each([
  ['--read-only', 'touch /x', 1, '', 'touch: /x: Read-only file system\n'],
  ['--read-only --tmpfs /run:mode=700', "sh -c 'touch /run/x && ls /run'", 0, 'x\n', ''],
  ['--tmpfs /a:exec,size=1m', 'sh -c \'mount | grep -c " /a type tmpfs (rw,nosuid,nodev,relatime"\'', 0, '1\n', ''],
  ['--tmpfs /a:foo', 'true', 125, '', `${daemon}invalid tmpfs option "foo".\n`],
  ['--tmpfs a', 'true', 125, '', `${daemon}invalid mount path: 'a' mount path must be absolute.\n${help}`],
  ['--ulimit nofile=100:200', "sh -c 'ulimit -n; ulimit -Hn'", 0, '100\n200\n', ''],
  ['--ulimit nproc=-1', "sh -c 'ulimit -u'", 0, 'unlimited\n', ''],
  ['--oom-score-adj 500', 'cat /proc/self/oom_score_adj', 0, '500\n', ''],
  [
    '--log-driver foo',
    'true',
    125,
    '',
    `${daemon}error looking up logging plugin foo: plugin "foo" not found.\n${help}`,
  ],
  ['--log-driver none --log-opt a=b', 'true', 125, '', `docker: invalid logging opts for driver none.\n${help}`],
  ['--log-opt a=b', 'true', 125, '', `${daemon}unknown log opt 'a' for json-file log driver.\n${help}`],
  [
    '--log-opt max-size=x',
    'true',
    125,
    '',
    `${daemon}failed to create task for container: failed to initialize logging driver: invalid size: 'x'.\n`,
  ],
])('docker run %s busybox %s', (flags, command, exitCode, stdout, stderr) => {
  expect(host.run(`docker run --rm ${flags} busybox ${command}`)).toEqual({ exitCode, stdout, stderr });
});

test('a limit on open files holds for exec’d processes, too', () => {
  host.run('docker run -d --name few --ulimit nofile=64 busybox sleep 1000');

  expect(host.run("docker exec few sh -c 'ulimit -n'").stdout).toBe('64\n');
});

test('the id is kept in a file, which nobody may have made before', () => {
  const id = host.run('docker run -d --cidfile /tmp/cid busybox true').stdout;
  const found = "container ID file found, make sure the other container isn't running or delete /tmp/cid";

  expect(host.run('cat /tmp/cid').stdout).toBe(id.trim());
  expect(host.run('docker run -d --cidfile /tmp/cid busybox true')).toEqual({
    exitCode: 125,
    stdout: '',
    stderr: `docker: ${found}.\n${help}`,
  });
  expect(host.run('docker create --cidfile /tmp/cid busybox').stderr).toBe(`${found}\n`);
  expect(host.run('docker create --cidfile /tmp/none --network container: busybox; ls /tmp/none').stdout).toBe('');
});

test('without a log driver output goes to whoever is attached, and nowhere else', () => {
  expect(host.run('docker run --name silent --log-driver none busybox echo hi').stdout).toBe('hi\n');
  expect(host.run('docker logs silent')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Error response from daemon: configured logging driver does not support reading\n',
  });
});

test('a log that has reached its size is put aside, and the oldest is lost', () => {
  const loop = 'i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done';
  host.run(`docker run --name full --log-opt max-size=1k --log-opt max-file=2 busybox sh -c '${loop}'`);
  const lines = host.run('docker logs full').stdout.trim().split('\n');

  expect(lines.at(-1)).toBe('line 30');
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.length).toBeLessThan(30);
  expect(host.run('ls /var/lib/docker/containers/$(docker inspect -f "{{.Id}}" full) | grep -c json.log').stdout).toBe(
    '2\n',
  );
});

test('variables and labels come from files, those of the command line after them', () => {
  host.run(
    "printf '# remark\\n\\n  A=1 2\\nB=x\\nHOME\\nNOWHERE\\n' > /tmp/env; printf 'a=b\\nalone\\n' > /tmp/labels",
  );
  expect(
    host.run(
      'docker create --name filed --env-file /tmp/env -e B=y --label-file /tmp/labels -l c=d busybox > /dev/null; ' +
        "docker inspect -f '{{json .Config.Env}} {{json .Config.Labels}}' filed",
    ).stdout,
  ).toMatch(/^\["A=1 2","B=y","HOME=[^"]*","PATH=[^"]*"\] \{"a":"b","c":"d"\}\n$/);
});

test('a file of variables that is not there or not right is refused before anything is made', () => {
  const { stderr, exitCode } = host.run('docker run --env-file /nosuch busybox');
  expect({ stderr, exitCode }).toEqual({
    exitCode: 125,
    stderr: "docker: open /nosuch: no such file or directory.\nSee 'docker run --help'.\n",
  });
  expect(host.run("echo 'A B=1' > /tmp/bad; docker create --env-file /tmp/bad busybox").stderr).toBe(
    "docker: poorly formatted environment: variable 'A B' contains whitespaces.\nSee 'docker create --help'.\n",
  );
  expect(host.run("echo '=1' > /tmp/bad; docker exec --env-file /tmp/bad filed true").stderr).toBe(
    "poorly formatted environment: no variable name on line '=1'\n",
  );
});
