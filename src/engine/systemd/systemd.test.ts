import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const mainPid = '$(systemctl show -p MainPID --value docker)';
const states = 'systemctl show docker -p ActiveState,SubState,Result,NRestarts --value | tr "\\n" " "';

test('systemctl stop docker leaves docker.socket, and the next docker command starts dockerd again', () => {
  const host = bootHost();

  expect(host.run('systemctl stop docker')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: "Stopping 'docker.service', but its triggering units are still active:\ndocker.socket\n",
  });
  expect(host.run('systemctl is-active docker docker.socket').stdout).toBe('inactive\nactive\n');
  expect(host.run('docker ps -q')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(host.run('systemctl is-active docker docker.socket').stdout).toBe('active\nactive\n');
});

test('the scope of a session ends with the last process in it, and not with the shell', () => {
  const host = bootHost();
  const scopes = 'sleep 0.1; ls -d /sys/fs/cgroup/user.slice/user-0.slice/session-*.scope | wc -l';

  expect(host.run(scopes).stdout).toBe('1\n');
  host.run('sleep 5 &');
  expect(host.run(scopes).stdout).toBe('2\n');
  expect(host.run(`sleep 6; ${scopes}`).stdout).toBe('1\n');
});

test("systemctl stop of a container's scope ends who is in it: by SIGTERM, and by SIGKILL after 90 s", () => {
  const host = bootHost(['busybox']);
  host.run('docker run -d --name kind busybox sh -c "trap \'exit 7\' TERM; while :; do sleep 0.1; done"');
  host.run('docker run -d --name deaf busybox sleep 1000');
  const stop = (name: string) =>
    host.run(
      `began=$(date +%s); systemctl stop docker-$(docker ps -q --no-trunc -f name=${name}).scope; echo $? ` +
        `$(docker inspect -f "{{.State.ExitCode}}" ${name}) $(($(date +%s) - began >= 90))`,
    );

  expect(stop('kind')).toEqual({ exitCode: 0, stdout: '0 7 0\n', stderr: '' });
  expect(stop('deaf')).toEqual({ exitCode: 0, stdout: '0 137 1\n', stderr: '' });
  expect(host.run('systemctl stop docker-0.scope')).toEqual({
    exitCode: 5,
    stdout: '',
    stderr: 'Failed to stop docker-0.scope: Unit docker-0.scope not loaded.\n',
  });
});

test('without docker.service and docker.socket nobody answers; systemctl start docker brings both back', () => {
  const host = bootHost();

  expect(host.run('systemctl stop docker.socket; systemctl is-active docker docker.socket')).toEqual({
    exitCode: 3,
    stdout: 'inactive\ninactive\n',
    stderr: '',
  });
  expect(host.run('docker ps')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
  });
  expect(host.run('systemctl start docker; docker ps -q; systemctl is-active docker.socket').stdout).toBe('active\n');
});

test.each(['systemctl stop docker docker.socket; systemctl start docker.socket', 'systemctl restart docker.socket'])(
  'a socket that listens anew starts the service anew: %s',
  (commands) => {
    const host = bootHost();
    expect(host.run(`${commands}; docker ps -q; systemctl is-active docker`).stdout).toBe('active\n');
  },
);

test('the interval of StartLimitBurst= begins with the first start, not with each', () => {
  const host = bootHost();
  const kills = `for wait in 40 12 10 10; do sleep $wait; kill -9 ${mainPid}; done; sleep 5`;
  expect(host.run(`${kills}; systemctl is-active docker`).stdout).toBe('active\n');
});

test('a killed dockerd is started again after RestartSec; who comes meanwhile waits for the new one', () => {
  const host = bootHost();

  const during = host.run(`kill -9 ${mainPid}; sleep 0.1; ${states}; docker ps -q; ${states}`);

  expect(during).toEqual({
    exitCode: 0,
    stdout: 'signal 0 activating auto-restart success 1 active running ',
    stderr: '',
  });
  const said = host.run("journalctl -u docker -t systemd -o cat | grep '^docker.service'").stdout;
  expect(said).toBe(
    'docker.service: Main process exited, code=killed, status=9/KILL\n' +
      "docker.service: Failed with result 'signal'.\n" +
      'docker.service: Scheduled restart job, restart counter is at 1.\n',
  );
});

test('a service that is started too often is given up, and so is its socket, until it is asked for anew', () => {
  const host = bootHost();
  const killed = `for i in 1 2 3; do kill -9 ${mainPid}; sleep 3; done`;

  expect(host.run(`${killed}; ${states}; systemctl is-failed docker.socket`).stdout).toBe(
    'start-limit-hit 3 failed failed failed\n',
  );
  expect(host.run('docker ps').exitCode).toBe(1);
  expect(host.run('systemctl start docker')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr:
      'Job for docker.service failed because start of the service was attempted too often.\n' +
      'See "systemctl status docker.service" and "journalctl -xeu docker.service" for details.\n' +
      'To force a start use "systemctl reset-failed docker.service"\n' +
      'followed by "systemctl start docker.service" again.\n',
  });
  const revived = host.run('systemctl reset-failed docker docker.socket; systemctl start docker; docker ps -q');
  expect(revived.exitCode).toBe(0);
});

test('containerd is restarted under its shims: KillMode=process leaves them and their containers alone', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000');
  const pids = 'pgrep -x containerd-shim; docker inspect -f "{{.State.Pid}}" web';
  const before = host.run(pids).stdout;

  const restart = host.run('systemctl restart containerd; systemctl show containerd docker -p NRestarts,ActiveState');

  expect(restart.stdout).toBe('NRestarts=0\nActiveState=active\n\nNRestarts=0\nActiveState=active\n');
  expect(host.run(pids).stdout).toBe(before);
  expect(host.run('docker exec web echo works').stdout).toBe('works\n');
  expect(host.run('journalctl -u containerd -o cat').stdout).toContain('remains running after unit stopped.');
});

test('systemctl tells of a unit that it does not know with exit codes 4 and 5', () => {
  const host = bootHost();

  expect(host.run('systemctl status nosuch')).toEqual({
    exitCode: 4,
    stdout: '',
    stderr: 'Unit nosuch.service could not be found.\n',
  });
  expect(host.run('systemctl is-active nosuch')).toEqual({ exitCode: 4, stdout: 'inactive\n', stderr: '' });
  expect(host.run('systemctl start nosuch')).toEqual({
    exitCode: 5,
    stdout: '',
    stderr: 'Failed to start nosuch.service: Unit nosuch.service not found.\n',
  });
});

test('a verb that is not modelled is told as such, one that does not exist as the real one does', () => {
  const host = bootHost();
  expect(host.run('systemctl isolate rescue').stderr).toContain('isolate is not modelled');
  expect(host.run('systemctl frob docker').stderr).toBe("Unknown command verb 'frob'.\n");
});

test('the status block has the unit, its state and its process', () => {
  const { stdout } = bootHost().run('systemctl status docker -n 0');
  const numbered = stdout
    .replace(/\d+ \(dockerd\)/, 'PID (dockerd)')
    .replace(/─\d+/, '─PID')
    .replace(/\d+s ago/, 'AGE ago')
    .replace(/Memory: .*/, 'Memory: SIZE');

  expect(numbered).toBe(`● docker.service - Docker Application Container Engine
     Loaded: loaded (/usr/lib/systemd/system/docker.service; enabled; preset: enabled)
     Active: active (running) since Tue 2026-11-24 02:00:00 UTC; AGE ago
TriggeredBy: ● docker.socket
       Docs: https://docs.docker.com
   Main PID: PID (dockerd)
      Tasks: 11
     Memory: SIZE
     CGroup: /system.slice/docker.service
             └─PID /usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
`);
});

test('the tree of control groups has the shim in the group of containerd, and the container in one of its own', () => {
  const host = bootHost();
  host.run('docker run -d --name box busybox sleep 1000');

  const { stdout } = host.run('systemd-cgls --no-pager /system.slice');

  expect(stdout.replace(/[0-9a-f]{64}/, 'ID').replace(/─ *\d+/g, '─PID')).toBe(`CGroup /system.slice:
├─containerd.service …
│ ├─PID /usr/bin/containerd
│ └─PID ${stdout.match(/\/usr\/bin\/containerd-shim.*/)?.[0]}
├─docker-ID.scope …
│ └─PID sleep 1000
└─docker.service …
  └─PID /usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
`);
  expect(stdout.split('\n').find((line) => line.includes('shim'))).toHaveLength(80);
  expect(host.run('systemd-cgls -u docker | head -1').stdout).toBe(
    'Unit docker.service (/system.slice/docker.service):\n',
  );
  expect(host.run('systemd-cgls /nope')).toMatchObject({
    exitCode: 1,
    stdout: 'CGroup /nope:\n',
    stderr: 'Failed to list cgroup tree: No such file or directory\n',
  });
});

test('without a unit the status is the machine’s, with every group that somebody is in', () => {
  const host = bootHost();

  expect(host.run('systemctl status').stdout).toMatch(
    /^● glassdock\n {4}State: running\n {4}Units: 3 loaded .*\n {5}Jobs: 0 queued\n {3}Failed: 0 units\n {4}Since: Tue 2026-11-24 02:00:00 UTC; \d+s ago\n {2}systemd: 257.*\n {3}CGroup: \/\n {11}├─init.scope\n {11}│ └─1 \/sbin\/init\n/,
  );
});

test('a service that does not heed SIGTERM is killed after TimeoutStopSec', () => {
  const host = bootHost();

  const stop = host.run(`systemctl kill -s STOP docker; date +%s; systemctl stop docker; date +%s; ${states}`);

  const [before, after, left] = stop.stdout.split('\n');
  expect(Number(after) - Number(before)).toBe(90);
  expect(left).toBe('timeout 0 failed failed ');
  expect(host.run("journalctl -u docker -t systemd -o cat | grep '^docker.service'").stdout).toBe(
    "docker.service: State 'stop-sigterm' timed out. Killing.\n" +
      `docker.service: Killing process ${host.run('systemctl show docker -p ExecMainPID --value').stdout.trim()} ` +
      '(dockerd) with signal SIGKILL.\n' +
      'docker.service: Main process exited, code=killed, status=9/KILL\n' +
      "docker.service: Failed with result 'timeout'.\n",
  );
});

test('a socket whose path is a directory cannot be opened; init outlives that', () => {
  const host = bootHost();
  host.run('systemctl stop docker docker.socket; rm -f /run/docker.sock; mkdir /run/docker.sock');

  expect(host.run('systemctl start docker.socket').exitCode).toBe(1);
  expect(host.run('systemctl is-active docker.socket; journalctl -u docker.socket | tail -3').stdout).toMatch(
    /^failed\n.*Failed to create listening socket \(\/run\/docker.sock\): Address already in use\n.*'resources'.\n/,
  );
  expect(host.run('rmdir /run/docker.sock; systemctl start docker.socket docker').exitCode).toBe(0);
});

test('journalctl -k shows what the kernel says, with its priority and without a process', () => {
  const host = bootHost();
  expect(
    host.run("echo '<4>out of cheese' > /dev/kmsg; sleep 1; journalctl -k -n 1; journalctl -k -p err").stdout,
  ).toMatch(/^Nov \d\d [\d:]{8} glassdock kernel: out of cheese\n-- No entries --\n$/);
  expect(host.run('dmesg -x -t -l warn | tail -1; dmesg -l foo').stdout).toBe('kern  :warn  : out of cheese\n');
});

test('journalctl chooses by unit, number, time and shape', () => {
  const host = bootHost();

  expect(host.run('journalctl -u nosuch').stdout).toBe('-- No entries --\n');
  expect(host.run('journalctl -u docker.socket -n 1 --no-pager').stdout).toBe(
    'Nov 24 02:00:00 glassdock systemd[1]: Listening on docker.socket - Docker Socket for the API.\n',
  );
  expect(host.run('journalctl -u docker -u docker.socket -o short-precise -n 1').stdout).toMatch(
    /^Nov 24 02:00:00\.\d{6} glassdock dockerd\[\d+\]: time="2026-.*" level=info msg="API listen on .*"\n$/,
  );
  expect(host.run('sleep 5; journalctl --since "-3s"').stdout).toBe('-- No entries --\n');
  const followed = host.run(
    '(sleep 1; kill -HUP $(pidof dockerd); sleep 1; pkill journalctl) & journalctl -fu docker -n 0',
  );
  expect(followed.stdout).toContain('Got signal to reload configuration, reloading from: /etc/docker/daemon.json');
});

// systemd: core/job.c, job_type_is_applicable(); systemctl: translate_bus_error_to_exit_status().
test('only what has ExecReload= is reloaded, and only while it is active; reload-or-restart restarts the rest', () => {
  const host = bootHost();
  expect(host.run('systemctl reload containerd')).toEqual({
    exitCode: 3,
    stdout: '',
    stderr:
      'Failed to reload containerd.service: Job type reload is not applicable for unit containerd.service.\n' +
      "See system logs and 'systemctl status containerd.service' for details.\n",
  });
  const pids = 'pidof containerd dockerd';
  const [containerd, dockerd] = host.run(pids).stdout.trim().split(' ');
  expect(host.run('systemctl reload-or-restart docker containerd').exitCode).toBe(0);
  const [restarted, reloaded] = host.run(pids).stdout.trim().split(' ');
  expect([restarted === containerd, reloaded !== undefined, dockerd !== undefined]).toEqual([false, true, true]);
  host.run('systemctl stop docker.socket docker');
  expect(host.run('systemctl reload docker')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'docker.service is not active, cannot reload.\n',
  });
});

test('a masked unit is not started, by nobody: not by its socket either, which fails then', () => {
  const host = bootHost();
  const link = "'/etc/systemd/system/docker.service'";
  expect(host.run('systemctl mask docker nosuch')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr:
      `Created symlink ${link} → '/dev/null'.\nUnit nosuch.service does not exist, proceeding anyway.\n` +
      "Created symlink '/etc/systemd/system/nosuch.service' → '/dev/null'.\n",
  });
  expect(host.run('systemctl is-enabled docker nosuch; systemctl is-active docker').stdout).toBe(
    'masked\nmasked\nactive\n',
  );
  host.run('systemctl stop docker');
  expect(host.run('systemctl start docker')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Failed to start docker.service: Unit docker.service is masked.\n',
  });
  expect(host.run('docker ps').exitCode).toBe(1);
  expect(host.run('systemctl is-active docker docker.socket').stdout).toBe('inactive\nfailed\n');
  expect(host.run('systemctl unmask docker nosuch; systemctl start docker; systemctl is-active docker')).toEqual({
    exitCode: 0,
    stdout: 'active\n',
    stderr:
      `Removed ${link}.\nUnit nosuch.service does not exist, proceeding anyway.\n` +
      "Removed '/etc/systemd/system/nosuch.service'.\n",
  });
});

test('systemctl kill of a unit that does not run is no mistake, unless the main process is meant', () => {
  const host = bootHost();
  host.run('systemctl stop docker.socket');
  expect(host.run('systemctl kill docker')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(host.run('systemctl kill --kill-whom=main docker')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Failed to kill unit docker.service: No main process to kill\n',
  });
});

test('systemctl mask replaces no file, makes no link elsewhere, and with --runtime one until the next boot', () => {
  const host = bootHost();
  host.run('printf x >/etc/systemd/system/docker.service');
  expect(host.run('systemctl mask docker')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: "Failed to mask unit: File '/etc/systemd/system/docker.service' already exists.\n",
  });
  expect(host.run('systemctl mask ../x').stderr).toBe('Failed to mask unit: Invalid unit name\n');
  expect(host.run('ls /etc/systemd').stdout).not.toContain('x.service');
  expect(host.run('systemctl is-active docker').stdout).toBe('active\n');
  const told = (verb: string): string =>
    host.run(`systemctl ${verb} --runtime containerd; systemctl is-enabled containerd`).stdout;
  expect([told('mask'), told('unmask')]).toEqual(['masked-runtime\n', 'enabled\n']);
});

test('a link to /dev/null that systemctl did not make masks as well', () => {
  const host = bootHost();
  host.run('for unit in docker nosuch; do ln -s /dev/null /etc/systemd/system/$unit.service; done');
  expect(host.run('systemctl is-enabled docker nosuch').stdout).toBe('masked\nmasked\n');
});

test('a scope without a limit has systemd’s: 15 % of the threads that the kernel can have; -1 takes it away', () => {
  const host = bootHost(['busybox']);
  const limits = (flags: string) =>
    host.run(`docker run --rm ${flags} busybox cat /sys/fs/cgroup/pids.max; cat /proc/sys/kernel/threads-max`).stdout;

  expect(limits('')).toBe('4676\n31176\n');
  expect(limits('--pids-limit 7')).toBe('7\n31176\n');
  expect(limits('--pids-limit -1')).toBe('4676\n31176\n');
  host.run('docker run -d --name web --pids-limit 7 busybox sleep 9; docker update --pids-limit -1 web');
  expect(host.run('docker exec web cat /sys/fs/cgroup/pids.max').stdout).toBe('max\n');
});

test('docker.socket listens until its service runs, or a client comes while that is starting', () => {
  const host = bootHost();
  const socket = 'systemctl show -p SubState --value docker.socket';

  expect(host.run(`systemctl restart docker & sleep 0.1; ${socket}; wait; ${socket}`).stdout).toBe(
    'listening\nrunning\n',
  );
  expect(host.run(`systemctl restart docker & sleep 0.1; docker ps -q & sleep 0.1; ${socket}; wait`).stdout).toBe(
    'running\n',
  );
});

test('a start that comes while docker.socket waits to be stopped calls the stop off', () => {
  const host = bootHost();
  const jobs = 'systemctl stop docker.socket & sleep 1; systemctl start docker & sleep 1';

  host.run(`kill -STOP $(pidof dockerd); ${jobs}; kill -CONT $(pidof dockerd); wait; docker ps -q`);
  expect(host.run('systemctl is-active docker docker.socket').stdout).toBe('active\nactive\n');
});

test('a socket does not listen anew beside its service that runs, who would not know of it', () => {
  const host = bootHost();
  host.run('systemctl stop docker.socket');
  host.run("sed -i 's/^Requires=docker.socket$//' /usr/lib/systemd/system/docker.service; systemctl daemon-reload");
  host.run('systemctl start docker');

  expect(host.run('systemctl start docker.socket').exitCode).toBe(1);
  expect(host.run('journalctl -u docker.socket -o cat | tail -2').stdout).toBe(
    'docker.socket: Socket service docker.service already active, refusing.\n' +
      'Failed to listen on docker.socket - Docker Socket for the API.\n',
  );
});
