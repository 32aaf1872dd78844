/** What dockerd and the shim do without runc, or with one that fails. containerd: runtimeError(); moby: Kill(). */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const log =
  /\(open \/run\/containerd\/io\.containerd\.runtime\.v2\.task\/moby\/[0-9a-f]{64}\/log\.json: no such file or directory\)/;

test('without runc nothing is started; what runs runs on', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');

  const { exitCode, stderr } = host.run('docker run --name new --network none busybox true');

  expect(exitCode).toBe(127);
  expect(stderr).toMatch(log);
  expect(stderr.replace(log, '(LOG)')).toBe(
    'docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime ' +
      'create failed: unable to retrieve OCI runtime error (LOG): exec: "runc": executable file not found in $PATH: unknown.\n',
  );
  expect(host.run('docker ps --format "{{.Names}} {{.State}}"; pgrep -c containerd-shim').stdout).toBe(
    'web running\n1\n',
  );
});

test('a runc that is not found is taken for a container that is not: it counts as ended, and lives', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');

  expect(host.run('docker stop -t 1 web')).toEqual({ exitCode: 0, stdout: 'web\n', stderr: '' });

  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web").stdout).toBe('exited 0\n');
  expect(host.run('pgrep -cx sleep').stdout).toBe('1\n');
  const said = host.run('journalctl -u docker -o cat').stdout;
  expect(said).toContain('error="task must be stopped before deletion: running: failed precondition"');
  expect(said).toContain('failed to exit within 10s of kill - trying direct SIGKILL');
  expect(host.run('docker start web').stderr).toMatch(
    /^Error response from daemon: could not delete stale containerd container object: cannot delete running task [0-9a-f]{64}: failed precondition\nError: failed to start containers: web\n$/,
  );
  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web").stdout).toBe('exited 128\n');
  expect(host.run('mv /tmp/runc /usr/sbin/runc; docker start web; pgrep -cx sleep').stdout).toBe('web\n1\n');
});

test('an end that nobody tells of is noted once for each signal that failed', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');
  host.run('docker events --format "{{.Action}} {{.Actor.Attributes.exitCode}}" > /tmp/events & docker stop -t 1 web');

  expect(host.run('grep -v -e kill -e connect /tmp/events').stdout).toBe('die 0\ndie 0\nstop <no value>\n');
  const said = host.run('journalctl -u docker -o cat').stdout;
  const id = host.run('docker inspect -f {{.NetworkSettings.SandboxID}} web').stdout.trim();
  expect(said.match(/failed to delete container from containerd" .* running: failed precondition"/g)).toHaveLength(2);
  expect(said.match(/cleanup: failed to delete container from containerd: cannot delete running task/g)).toHaveLength(
    2,
  );
  expect(said).toContain(`level=warning msg="error locating sandbox id ${id}: sandbox ${id} not found"`);
  expect(host.run('pgrep -cx sleep').stdout).toBe('1\n');
});

test('what runc printed is told of by pause, top and kill; <nil> where it could not be executed', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');
  const words = () =>
    host
      .run('docker pause web; docker top web; docker kill -s USR1 web; docker exec -t web true')
      .stderr.replaceAll(/[0-9a-f]{64}/g, 'ID');
  const told = (why: string) =>
    `Error response from daemon: cannot pause container ID: OCI runtime pause failed: ${why}: unknown\n` +
    `Error response from daemon: ${why}: unknown\nError response from daemon: cannot kill container: web: ` +
    `Cannot kill container ID: unknown error after kill: ${why}: unknown\n`;

  host.run('echo junk > /usr/sbin/runc; chmod +x /usr/sbin/runc');
  expect(words()).toBe(told('fork/exec /usr/sbin/runc: exec format error: <nil>'));

  host.run('printf "#!/bin/sh\\necho no >&2\\nexit 3\\n" > /usr/sbin/runc');
  expect(words()).toBe(told('runc did not terminate successfully: exit status 3: no\n'));

  host.run('chmod -x /usr/sbin/runc');
  expect(host.run('docker top web').stderr).toBe(
    'Error response from daemon: exec: "runc": executable file not found in $PATH: <nil>: unknown\n',
  );
});

test('a runc whose list of processes is none is told of by the decoder', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');
  host.run('printf "#!/bin/sh\\nexit 0\\n" > /usr/sbin/runc; chmod +x /usr/sbin/runc');

  expect(host.run('docker top web').stderr).toBe('Error response from daemon: unexpected end of JSON input: unknown\n');
  expect(host.run('mv /tmp/runc /usr/sbin/runc; docker exec web echo lives').stdout).toBe('lives\n');
});

test('a runc that says nothing, and one that is killed, are told of by their exit status', () => {
  const host = bootHost();
  const script = (text: string) =>
    host.run(`[ -e /tmp/runc ] || mv /usr/sbin/runc /tmp/runc
      printf '#!/bin/sh\\n${text}\\n' > /usr/sbin/runc; chmod +x /usr/sbin/runc
      docker run --rm --network none busybox true`).stderr;

  expect(script('exit 1')).toContain('): runc did not terminate successfully: exit status 1: unknown.\n');
  expect(script('kill -9 $$')).toContain('): runc did not terminate successfully: exit status 137: unknown.\n');
});

test('a shim whose bundle is gone lives on to tell of its container’s end', () => {
  const host = bootHost();
  host.run(
    'docker run -d --name web --network none busybox sleep 1000; rm -rf /run/containerd/io.containerd.runtime.v2.task/moby/*',
  );

  const exec = host.run('docker exec web ls').stdout;
  expect(exec).toMatch(log);
  expect(exec).toContain('): runc did not terminate successfully: exit status 1: unknown\r\n');
  expect(host.run('docker stop -t 1 web')).toEqual({ exitCode: 0, stdout: 'web\n', stderr: '' });
  const state = () => host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web").stdout;
  expect(state()).toBe('exited 137\n');
  // Asked of 26.1.5: the task is yet to be deleted, and killed before, by a runc that cannot write its log.
  expect(host.run('docker start web').stderr.replaceAll(/[0-9a-f]{64}|"time":".*"/g, '')).toBe(
    'Error response from daemon: could not delete stale containerd task object: unknown error after kill: runc did ' +
      'not terminate successfully: exit status 1: {"level":"error","msg":"open /run/containerd/io.containerd.runtime.' +
      'v2.task/moby//log.json: no such file or directory",}\n: unknown\nError: failed to start containers: web\n',
  );
  expect(state()).toBe('exited 127\n');
});

test('a runc that the kernel does not execute is told of by what the kernel says', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');
  host.run('echo junk > /usr/sbin/runc; chmod +x /usr/sbin/runc');

  const { exitCode, stderr } = host.run('docker run --rm --network none busybox true');

  expect(exitCode).toBe(127);
  expect(stderr.replace(log, '(LOG)')).toBe(
    'docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime ' +
      'create failed: unable to retrieve OCI runtime error (LOG): fork/exec /usr/sbin/runc: exec format error: unknown.\n',
  );
  expect(host.run('mv /tmp/runc /usr/sbin/runc; docker exec web echo lives').stdout).toBe('lives\n');
});

test('of a runc that does nothing and says that all is well the pid is missed', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');
  host.run('printf "#!/bin/sh\\nexit 0\\n" > /usr/sbin/runc; chmod +x /usr/sbin/runc');
  const bundle = '/run/containerd/io.containerd.runtime.v2.task/moby/ID';
  const run = (command: string) => {
    const ran = host.run(command);
    return { ...ran, ...words(ran.stdout, 'stdout'), ...words(ran.stderr, 'stderr') };
  };
  const words = (text: string, name: string) => ({ [name]: text.replaceAll(/[0-9a-f]{64}/g, 'ID') });

  expect(run('docker run --rm --network none busybox true')).toEqual({
    exitCode: 127,
    stdout: '',
    stderr:
      'docker: Error response from daemon: failed to create task for container: failed to create shim task: failed to ' +
      `retrieve OCI runtime container pid: open ${bundle}/init.pid: no such file or directory: unknown.\n`,
  });
  expect(run('docker exec web true').stdout).toBe(
    `failed to retrieve OCI runtime exec pi: open ${bundle}/ID.pid: no such file or directoryd: unknown\r\n`,
  );
  expect(host.run('mv /tmp/runc /usr/sbin/runc; docker exec web echo lives').stdout).toBe('lives\n');
});

// Asked of 26.1.5.
test('the end that was taken for granted is noted again when it is told; with --rm the container is gone', () => {
  const host = bootHost();
  host.run('for name in kept "gone --rm"; do docker run -d --network none --name $name busybox sleep 1000; done');
  host.run(
    'mv /usr/sbin/runc /tmp/runc; docker events --format "{{.Action}} {{.Actor.Attributes.exitCode}}" > /tmp/events &',
  );
  host.run('docker stop -t 1 kept; docker kill gone; sleep 15');
  expect(host.run('docker ps -a --format "{{.Names}} {{.Status}}" | cut -c-15; pgrep -cx sleep').stdout).toBe(
    'kept Exited (0)\n2\n',
  );

  host.run('mv /tmp/runc /usr/sbin/runc; pkill -9 -x sleep; sleep 3');

  expect(host.run('docker ps -a --format "{{.Names}} {{.Status}}" | cut -c-17; pgrep -c shim').stdout).toBe(
    'kept Exited (137)\n1\n',
  );
});

// Asked of 26.1.5.
test('the end of an earlier process is noted as the new one’s, whose start containerd tells of afterwards', () => {
  const host = bootHost();
  host.run('docker run -d --network none --name web busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');
  host.run('docker stop -t 1 web; mv /tmp/runc /usr/sbin/runc');
  host.run(
    'docker events --format "{{.Action}} {{.Actor.Attributes.exitCode}}" > /tmp/events & docker start web; sleep 3',
  );

  expect(host.run('grep -v connect /tmp/events; docker ps --format "{{.Names}} {{.State}}"').stdout).toBe(
    'start <no value>\ndie 137\nstart <no value>\nweb running\n',
  );
  expect(host.run('docker stop -t 1 web; docker inspect -f "{{.State.Status}} {{.State.ExitCode}}" web').stdout).toBe(
    'web\nexited 137\n',
  );
});

// Asked of 26.1.5.
test('a start that fails half-way leaves a process whose end is noted: created, with its exit status', () => {
  const host = bootHost();
  host.run('docker create --network none --name web busybox sleep 1000; mv /usr/sbin/runc /usr/sbin/runc.real');
  host.run(
    `printf '#!/bin/sh\\ncase "$*" in *" start "*) exit 1;; esac; exec runc.real "$@"\\n' > /usr/sbin/runc; chmod +x /usr/sbin/runc`,
  );
  host.run(
    'docker events --format "{{.Action}} {{.Actor.Attributes.exitCode}}" > /tmp/events & docker start web; sleep 3',
  );

  expect(
    host.run('grep -v connect /tmp/events; docker inspect -f "{{.State.Status}} {{.State.ExitCode}}" web').stdout,
  ).toBe('die 137\ncreated 137\n');
});

/** Asked of 26.1.5 with containerd 1.7.24. */
test('a containerd that comes up without runc takes no shim over, and leaves them as they are', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000');

  const restart = host.run('mv /usr/sbin/runc /tmp/runc; systemctl restart containerd; mv /tmp/runc /usr/sbin/runc');

  expect(restart.exitCode).toBe(0);
  expect(host.run('ctr -n moby t ls | wc -l; pgrep -cx containerd-shim; pgrep -cx sleep').stdout).toBe('1\n1\n1\n');
  expect(host.run('docker exec web echo').stdout).toMatch(/^task [0-9a-f]{64} not found: not found\r?\n$/);
  expect(host.run('docker stop web; docker start web').stderr).toMatch(
    /failed to create task for container: failed to start shim: mkdir (\S+): file exists: unknown\n/,
  );
});
