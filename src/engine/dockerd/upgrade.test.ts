import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const server = "docker version -f '{{.Server.Version}} {{(index .Server.Components 1).Version}}'";
const upgrade = 'apt-get install -y docker.io=27.5.1+dfsg4-1 containerd=1.7.28~ds1-1';

for (const liveRestore of [false, true]) {
  const words = liveRestore ? 'with live-restore leaves containers alone' : 'stops and starts them';

  test(`an upgrade of dockerd and containerd under containers ${words}`, () => {
    const host = bootHost();
    host.run(`echo '{"live-restore": ${liveRestore}}' > /etc/docker/daemon.json; systemctl reload docker
      docker run -d --name web --network none --restart always busybox sleep 1000`);
    const pid = "docker inspect -f '{{.State.Status}} {{.State.Pid}}' web";
    const before = host.run(pid).stdout;
    expect(host.run(server).stdout).toBe('26.1.5+dfsg1 1.7.24~ds1\n');

    const { exitCode, stdout } = host.run(`${upgrade} && sleep 2`);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Unpacking docker.io (27.5.1+dfsg4-1) over (26.1.5+dfsg1-9) ...\n');
    expect(host.run(server).stdout).toBe('27.5.1+dfsg4 1.7.28~ds1\n');
    expect(host.run(pid).stdout === before).toBe(liveRestore);
    expect(host.run(pid).stdout).toMatch(/^running \d+/);
    expect(host.run('docker exec web echo works').stdout).toBe('works\n');
  });
}

test('a version that there is not is refused in the words of apt', () => {
  expect(bootHost().run('apt-get install docker.io=1.0').stderr).toBe(
    "E: Version '1.0' for 'docker.io' was not found\n",
  );
});

test('a running daemon’s file is not copied over, but another is moved to its name', () => {
  const host = bootHost();

  const copied = host.run(
    'cp /usr/sbin/dockerd /tmp/new; cp /tmp/new /usr/sbin/dockerd; echo $?; : > /usr/sbin/dockerd',
  );

  expect(copied.stdout).toBe('1\n');
  expect(copied.stderr).toBe(
    "cp: cannot create regular file '/usr/sbin/dockerd': Text file busy\nsh: 1: cannot create /usr/sbin/dockerd: Text file busy\n",
  );
  expect(host.run('mv /tmp/new /usr/sbin/dockerd && systemctl restart docker && docker ps -q').exitCode).toBe(0);
});

test('what is still being written does not run', () => {
  expect(bootHost().run('cp /bin/true /tmp/a; exec 3>>/tmp/a; /tmp/a; echo $?').stdout).toBe('126\n');
});
