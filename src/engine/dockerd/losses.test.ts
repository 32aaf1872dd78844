/** What becomes of containers when somebody dies between two steps, or nobody is there to be asked or told. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const liveRestore = `echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker`;

test('the end of an exec that an earlier daemon started does not end the container', () => {
  const host = bootHost();
  host.run(`${liveRestore}; docker run -d --name c1 busybox sleep 1000; docker exec -d c1 sleep 5`);
  host.run('systemctl kill -s KILL docker; sleep 10');
  expect(host.run("docker inspect -f '{{.State.Status}}' c1").stdout).toBe('running\n');
});

// Asked of 26.1.5.
test('who waits for an exec whose shim was killed waits on, for nobody tells of its end', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 busybox sleep 1000; docker exec -d c1 sleep 500');

  const ran = host.run(
    'docker exec c1 sleep 600 & exec=$!; sleep 1; pkill -9 -x containerd-shim; sleep 9; ' +
      "docker inspect -f '{{.State.Status}} {{.ExecIDs}}' c1; kill -0 $exec && echo waits; kill $exec",
  );

  expect(ran.stdout).toBe('exited []\nwaits\n');
  expect(host.run("docker start c1; docker inspect -f '{{.ExecIDs}}' c1").stdout).toBe('c1\n[]\n');
});

test('without containerd dockerd kills the process itself; the stop fails, for its end is told only later', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 busybox sleep 1000; systemctl stop containerd');
  const failed = host.run('docker stop -t 1 c1');
  expect(failed.stderr).toContain('did not receive an exit event');
  expect(failed.exitCode).toBe(1);
  expect(host.run("docker inspect -f '{{.State.Status}}' c1; pgrep -xc sleep").stdout).toBe('running\n0\n');
});

// Asked of 26.1.5 and 1.7.24.
test('of an end without containerd nobody is told: the shim ends when it starts, the container seems up', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 busybox sleep 1000; docker run -d --name c2 busybox sleep 1000');
  host.run('docker run -d --name c3 busybox sleep 1000');
  host.run("kill -9 $(pgrep -x containerd) $(docker inspect -f '{{.State.Pid}}' c1)");
  host.run("kill -9 $(pgrep -f shim.*$(docker inspect -f '{{.Id}}' c2)); sleep 9");

  expect(host.run("docker ps --format '{{.Names}}'; pgrep -xc containerd-shim").stdout).toBe('c3\nc2\nc1\n1\n');
  const said = host.run(
    "journalctl -u containerd -o cat | grep -o 'msg=.*shim.*' | sed 's/[0-9a-f]\\{64\\}/ID/'",
  ).stdout;
  expect(said).toContain('msg="cleaning leaked shim process" id=ID namespace=moby\nmsg="shim disconnected" id=ID');
  expect(said).toContain('msg="copy shim log after reload" error="read /proc/self/fd/');
  expect(host.run('docker rm -f c1 c2; docker ps -q | wc -l').stdout).toBe('c1\nc2\n1\n');
});

// Asked of 26.1.5.
test('without containerd a container is removed by the second try: its process is gone then', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 -p 80 busybox sleep 1000; systemctl stop containerd');
  expect(host.run('docker rm -f c1').stderr).toBe(
    'Error response from daemon: cannot remove container "/c1": could not kill: tried to kill container, but did not ' +
      'receive an exit event\n',
  );
  expect(host.run('docker kill c1; docker ps -q | wc -l').stdout).toBe('c1\n1\n');
  expect(host.run('docker kill -s TERM c1').stderr).toMatch(
    /container: c1: Cannot kill container \S+: connection error/,
  );
  const began = host.run('date +%s').stdout;
  expect(host.run('docker rm -f c1; docker ps -aq').stdout).toBe('c1\n');

  expect(Number(host.run('date +%s').stdout) - Number(began)).toBe(22);
  const said = host.run('journalctl -u docker -o cat | grep container= | tail -4').stdout;
  expect(Array.from(said.matchAll(/level=(.*?) container=\w+( error="[A-Za-z]*)?/g), ([, line = '']) => line)).toEqual([
    'warning msg="Container failed to exit within 10s of kill - trying direct SIGKILL"',
    'error msg="Error sending stop (signal 15) to container"',
    'info msg="Container failed to exit within 2s of signal 15 - using the force"',
    'warning msg="Container failed to exit within 10s of kill - trying direct SIGKILL"',
  ]);
  host.run('systemctl start containerd; systemctl restart docker');
  expect(host.run('docker run -d -p 80 busybox sleep 9; pgrep -c docker-proxy').stdout).toMatch(/\n2\n$/);
});

// Asked of 26.1.5.
test('a daemon that starts removes what was to remove itself, and leaves its volumes', () => {
  const host = bootHost();
  host.run('docker run -d --rm -v /data busybox sleep 1000; docker run -d --rm -v /data busybox sleep 3');
  host.run('systemctl kill -s KILL docker; sleep 30');
  expect(host.run('docker ps -aq; docker volume ls -q | wc -l').stdout).toBe('2\n');
  host.run('docker run --rm -v /data busybox true');
  expect(host.run('docker volume ls -q | wc -l').stdout).toBe('2\n');
});

test('an exit that containerd was away for longer than it is offered is found by the next stop', () => {
  const host = bootHost();
  host.run('docker run -d --stop-timeout 2 --name c1 busybox sleep 5; systemctl stop containerd; sleep 30');
  host.run('systemctl start containerd; sleep 5');
  expect(host.run("docker inspect -f '{{.State.Status}}' c1").stdout).toBe('running\n');
  host.run('docker stop c1');
  expect(host.run("docker inspect -f '{{.State.Status}}' c1; pgrep -c containerd-shim").stdout).toBe('exited\n0\n');
});

test('a container whose removal was cut short by the death of dockerd is dead, and can be removed again', () => {
  const host = bootHost();
  host.run('docker create --name c1 busybox true');
  host.run('docker rm c1 & sleep 0.034; systemctl kill -s KILL docker; wait; sleep 4');
  expect(host.run("docker ps -a --format '{{.Names}} {{.State}} {{.Status}}'").stdout).toBe('c1 dead Dead\n');
  expect(host.run('docker start c1').stderr).toContain('container is marked for removal and cannot be started');
  expect(host.run('docker rm c1; docker ps -aq').stdout).toBe('c1\n');
});

test('what a killed dockerd had mounted for a start is unmounted by the next one', () => {
  const host = bootHost();
  host.run(
    'docker create --name c1 busybox sleep 1000; docker start c1 & sleep 0.07; systemctl kill -s KILL docker; wait',
  );
  expect(host.run('grep -c overlay /proc/mounts').stdout).toBe('1\n');
  host.run('sleep 4');
  expect(host.run('grep -c overlay /proc/mounts').stdout).toBe('0\n');
});

test('dockerd waits a minute for a containerd that is not there', () => {
  const host = bootHost();
  const waiting = 'date +%s; dockerd --containerd=/run/nowhere.sock; echo $?; date +%s';
  const { stdout, stderr } = host.run(`systemctl stop docker.socket docker; ${waiting}`);

  const [begun, exitCode, ended] = stdout.split('\n').map(Number);
  expect([exitCode, (ended ?? 0) - (begun ?? 0)]).toEqual([1, 60]);
  expect(stderr).toContain('failed to start daemon: failed to dial "/run/nowhere.sock": context deadline exceeded\n');
});

test('a task that could not be started is deleted, and its end is none of the next start', () => {
  const host = bootHost();
  const failing = 'case "$*" in *" start "*) exit 1;; esac; exec /root/runc "$@"';
  host.run(`mv /usr/sbin/runc /root; echo '#!/bin/sh\n${failing}' > /usr/sbin/runc; chmod +x /usr/sbin/runc`);

  expect(host.run('docker run -d --name c1 busybox sleep 1000').exitCode).toBe(125);
  expect(host.run('pgrep -xc containerd-shim; ctr -n moby tasks ls -q').stdout).toBe('0\n');

  host.run('docker start c1 & sleep 0.2; wait; mv /root/runc /usr/sbin; docker start c1; sleep 5');
  expect(host.run("docker inspect -f '{{.State.Status}}' c1").stdout).toBe('running\n');
});

test('a shim ends with its container also when runc knows that one no more', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 busybox sleep 1000; rm -r /run/docker/runtime-runc/moby/*; pkill -9 -x sleep');

  expect(host.run('docker ps -aq --filter status=exited | wc -l; pgrep -xc containerd-shim').stdout).toBe('1\n0\n');
});

test('containerd outlives a bundle that it cannot remove and leaves it; the container starts once it is gone', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 busybox sleep 1000');
  const bundles = '/run/containerd/io.containerd.runtime.v2.task/moby';
  const id = host.run("docker inspect -f '{{.Id}}' c1").stdout.trim();
  host.run(`mkdir -p ${bundles}/.${id}/held; docker kill c1`);

  const refused = /mkdir \S+\/moby\/\w{64}: file exists: unknown\n/;
  expect(host.run('docker start c1').stderr).toMatch(refused);
  expect(host.run('journalctl -u containerd').stdout).toMatch(/msg="failed to delete bundle" .*directory not empty/);
  expect(host.run(`rm -r ${bundles}/.${id}; docker start c1`).stderr).toMatch(refused);
  expect(host.run(`rm -r ${bundles}/${id}; docker start c1`).exitCode).toBe(0);
});

test('a shim whose helper is killed ends without a word: containerd has removed its bundle', () => {
  const host = bootHost();
  host.run(
    'docker create --name c1 busybox sleep 1000; t=645; while [ $t -lt 670 ]; do t=$((t + 1)); ' +
      'docker start c1 & sleep 0.0$t; pkill -9 -x containerd-shim; wait; docker kill c1; done',
  );

  expect(host.journal.filter((event) => event.type === 'note' && event.topic === 'fault')).toEqual([]);
  expect(host.run('pgrep -xc containerd-shim').stdout).toBe('0\n');
});

test('containerd gives up a shim that stands still while it starts, cleans up after it, and goes on', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 --network none busybox sleep 1000');
  host.run('docker run -d --name c2 --network none busybox sleep 1000');
  const shim = "$(pgrep -f $(docker inspect -f '{{.Id}}' c1) | head -n 1)";
  const words = host.run(`kill -STOP ${shim}; systemctl restart containerd; journalctl -u containerd`).stdout;
  expect(words).toMatch(/successfully booted in 5\.\d+s/);
  const told = Array.from(words.matchAll(/level=(\w+) msg="(shim disc|cleaning up)[^"]*"/g), ([line]) => line);
  const cleaning = [
    'level=warning msg="cleaning up after shim disconnected"',
    'level=info msg="cleaning up dead shim"',
  ];
  expect(told.toSorted()).toEqual([...cleaning, ...cleaning, 'level=info msg="shim disconnected"'].toSorted());
  expect(
    host.run('ctr -n moby t ls -q | wc -l; ls /run/containerd/io.containerd.runtime.v2.task/moby | wc -l').stdout,
  ).toBe('1\n1\n');
  expect(host.run('docker exec c1 true').stdout).toMatch(/task [0-9a-f]{64} not found: not found/);
  expect(host.run('docker pause c1').stderr).toMatch(
    /: cannot pause container (\w{64}): task \1 not found: not found\n/,
  );
  expect(
    host.run("docker exec c2 echo fine; docker ps --format '{{.Names}}'; ps ax | grep -c '[s]leep 1000'").stdout,
  ).toBe('fine\nc2\nc1\n1\n');
});

test('containerd tells of no disconnection from a shim that was dead before it started', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 --network none busybox sleep 1000');
  host.run('systemctl stop containerd; pkill -9 -x containerd-shim; systemctl start containerd');
  const words = host.run('journalctl -u containerd').stdout;
  expect(words).toContain('cleaning up after shim disconnected');
  expect(words).not.toContain('msg="shim disconnected"');
});

test('the record of a sandbox whose dockerd was killed goes when the next one starts', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 busybox sleep 1; systemctl kill -s KILL docker; sleep 10');
  const files = 'ls /var/lib/docker/network/files';
  expect(host.run(`docker inspect -f '{{.State.Status}}' c1; ${files}`).stdout).toBe('exited\nnetworks.json\n');
});

test('of ports that a killed dockerd had published no rule is left; the container is said to have them still', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 -p 8081:80 busybox sleep 1000');
  host.run('docker run -d --name c2 -p 8082:80 --restart always busybox sleep 1000');
  const id = host.run('docker ps -q --no-trunc -f name=c1').stdout.trim();
  host.run('systemctl kill -s KILL docker; sleep 30');
  expect(host.run('iptables -t nat -S POSTROUTING; pgrep -c docker-proxy').stdout).toBe(
    '-P POSTROUTING ACCEPT\n-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\n' +
      '-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE\n2\n',
  );
  expect(host.run("docker ps -a --format '{{.Names}} {{.State}} {{.Ports}}'").stdout).toBe(
    'c2 running 0.0.0.0:8082->80/tcp, :::8082->80/tcp\nc1 exited 0.0.0.0:8081->80/tcp, :::8081->80/tcp\n',
  );
  expect(host.run('journalctl -u docker').stdout).toMatch(
    new RegExp(`level=info msg="Removing stale sandbox [0-9a-f]{64} \\(${id}\\)"`),
  );
  expect(host.run('docker rm -f c1 c2; iptables -t nat -S POSTROUTING | grep -c 172.17.0.').stdout).toContain('1\n');
});

test('an exec whose pipes have lost their directory is refused, attached or not; the container lives on', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 busybox sleep 1000; rm -rf /run/docker/containerd/*');
  const fifo = '/var/run/docker/containerd/ID/ID-stdout';
  const words = `failed to open stdout fifo: error creating fifo ${fifo}: no such file or directory`;
  const nameless = (text: string): string => text.replaceAll(/[0-9a-f]{64}/g, 'ID');

  const attached = host.run('docker exec c1 true');
  expect([attached.exitCode, nameless(attached.stdout)]).toEqual([126, `${words}\r\n`]);
  const detached = host.run('docker exec -d c1 true');
  expect([detached.exitCode, nameless(detached.stderr)]).toEqual([1, `Error response from daemon: ${words}\n`]);
  const log = nameless(host.run('journalctl -u docker -n 2').stdout);
  expect(log).toContain(`level=error msg="Error running exec ID in container: ${words}"`);
  expect(log).toContain(`level=error msg="Handler for POST /v1.45/exec/ID/start returned error: ${words}"`);
  expect(host.run('docker exec -i c1 true').stdout).toContain('failed to open stdin fifo: ');
  expect(host.run("docker stop -t 1 c1; docker inspect -f '{{.State.Status}} {{.ExecIDs}}' c1").stdout).toBe(
    'c1\nexited []\n',
  );
});

// Asked of 26.1.5.
test('what is run while no containerd is there fails before there is a task to speak of', () => {
  const host = bootHost();
  host.run('systemctl stop containerd');
  expect(host.run('docker run --network none busybox true')).toEqual({
    exitCode: 125,
    stdout: '',
    stderr:
      'docker: Error response from daemon: connection error: desc = "transport: Error while dialing: dial unix ' +
      '/run/containerd/containerd.sock: connect: connection refused": unavailable.\n',
  });
});

// Asked of 26.1.5.
test('what the daemon tells of itself it tells without containerd, too', () => {
  const host = bootHost();
  host.run('systemctl stop containerd');
  expect(host.run("docker info --format '{{json .ContainerdCommit}}'").stdout).toBe('{"ID":"N/A","Expected":""}\n');
  expect(host.run("docker version --format '{{range .Server.Components}}{{.Name}} {{end}}'").stdout).toBe(
    'Engine runc docker-init \n',
  );
});

// Asked of 26.1.5.
test('a client whose input the killed dockerd had not read is reset; one whose input was read sees the end', () => {
  const host = bootHost();
  host.run(`${liveRestore}; docker run -d -i --name c1 busybox sleep 1000; docker run -d -i --name c2 busybox cat`);
  const said = host.run(`
    much() { sleep 1; head -c 1000000 /dev/zero; sleep 6; }
    (much | docker exec -i c1 sleep 400; echo exec $?) > /tmp/exec 2>&1 &
    (much | docker attach c1; echo attach $?) > /tmp/attach 2>&1 &
    (much | docker run -i busybox sleep 400; echo run $?) 2>&1 | sed 's/time=[^ ]* //' > /tmp/run &
    (sleep 1; echo hi; sleep 6) | docker exec -i c2 cat > /tmp/cat 2>&1 &
    sleep 4; pkill -9 -x dockerd; sleep 8; cat /tmp/exec /tmp/attach /tmp/run; grep -e hi -e reset /tmp/cat`).stdout;
  const reset = 'read unix @->/var/run/docker.sock: read: connection reset by peer\n';

  expect(said).toBe(
    `${reset}exec 1\n${reset}attach 1\n` +
      `level=error msg="error waiting for container: unexpected EOF"\n${reset}run 1\nhi\n`,
  );
});
