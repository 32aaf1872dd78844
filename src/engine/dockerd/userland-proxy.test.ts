/** Published ports without docker-proxy, and programs that are not where they usually are. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const daemon = 'dockerd -H fd:// --containerd=/run/containerd/containerd.sock';
const noProxy = `echo '{"userland-proxy": false}' > /etc/docker/daemon.json`;

test('without docker-proxy the rules alone bring a connection to a published port, from the loopback too', () => {
  const host = bootHost();
  host.run(`mv /usr/sbin/docker-proxy /root; ${noProxy}; systemctl restart docker`);

  expect(host.run('docker run -d --name web -p 8080:80 nginx; pgrep -c docker-proxy').stdout).toMatch(/^\w{64}\n0\n$/);
  for (const address of ['127.0.0.1', 'localhost', '172.17.0.1'])
    expect(host.run(`curl -s -o /dev/null -w '%{http_code}' http://${address}:8080`).stdout).toBe('200');
  expect(host.run('docker run --rm busybox wget -qO- http://172.17.0.1:8080 | grep -c "Welcome to nginx"').stdout).toBe(
    '2\n',
  );
  expect(host.run('iptables -t nat -S | grep -e OUTPUT -e LOCAL.*MASQ -e DOCKER').stdout).toBe(
    '-P OUTPUT ACCEPT\n-N DOCKER\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n' +
      '-A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER\n' +
      '-A POSTROUTING -o docker0 -m addrtype --src-type LOCAL -j MASQUERADE\n' +
      '-A DOCKER -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80\n',
  );
});

test('dockerd holds such a port itself, so that nobody else takes it, and gives it back', () => {
  const host = bootHost();
  host.run(`${noProxy}; systemctl restart docker; docker run -d --name web -p 8080:80 nginx`);

  expect(host.run('ss -ltnp | grep -c "8080.*dockerd"').stdout).toBe('2\n');
  host.run('docker stop web; nc -l -p 8080 &');
  const refused = host.run('docker start web').stderr;
  expect(refused).toMatch(/endpoint web \(\w{64}\): listen tcp4 0\.0\.0\.0:8080: bind: address already in use\n/);
  expect(host.run('pkill -x nc; docker start web').stdout).toBe('web\n');
});

test('a daemon with docker-proxy again has the rules of one', () => {
  const host = bootHost();
  const before = host.run('iptables-save').stdout;
  host.run(`${noProxy}; systemctl restart docker; rm /etc/docker/daemon.json; systemctl restart docker`);

  const rules = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('-A'))
      .toSorted();
  expect(rules(host.run('iptables-save').stdout)).toEqual(rules(before));
});

test('what is found on the PATH is run, wherever it is', () => {
  const host = bootHost();
  host.run('systemctl stop docker docker.socket; mkdir /tools; mv /usr/sbin/iptables /usr/sbin/docker-proxy /tools');
  host.run(`PATH=/tools:$PATH ${daemon} > /dev/null 2>&1 & sleep 5; docker run -d -p 8080:80 nginx`);

  expect(host.run("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080").stdout).toBe('200');
  expect(host.run('ps -C docker-proxy -o args= | head -1').stdout).toMatch(/^\/tools\/docker-proxy -proto tcp/);
});

test.each([
  ['--userland-proxy=false --userland-proxy-path=foo', '{}', 'configuration OK\n', 0],
  ['--userland-proxy-path=foo', null, 'invalid userland-proxy-path: must be an absolute path: foo\n', 1],
  [
    '--userland-proxy-path=/nosuch',
    null,
    'invalid userland-proxy-path: exec: "/nosuch": stat /nosuch: no such file or directory\n',
    1,
  ],
  ['--userland-proxy-path=/tmp', null, 'invalid userland-proxy-path: exec: "/tmp": is a directory\n', 1],
  [
    '--userland-proxy-path=/etc/passwd',
    null,
    'invalid userland-proxy-path: exec: "/etc/passwd": permission denied\n',
    1,
  ],
  [
    '',
    '{"userland-proxy-path": "/tmp"}',
    'unable to configure the Docker daemon with file /etc/docker/daemon.json: merged configuration validation from ' +
      'file and command line flags failed: invalid userland-proxy-path: exec: "/tmp": is a directory\n',
    1,
  ],
  [
    '--userland-proxy=true --userland-proxy-path=/tmp',
    '{"userland-proxy-path": "/nosuch", "userland-proxy": false}',
    'unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives are specified ' +
      'both as a flag and in the configuration file: userland-proxy: (from flag: true, from file: false), ' +
      'userland-proxy-path: (from flag: /tmp, from file: /nosuch)\n',
    1,
  ],
  [
    '',
    '{"userland-proxy": "no"}',
    'unable to configure the Docker daemon with file /etc/docker/daemon.json: json: cannot unmarshal string into Go ' +
      'struct field Config.CommonConfig.BridgeConfig.userland-proxy of type bool\n',
    1,
  ],
])('dockerd --validate %s with %s', (flags, file, stderr, exitCode) => {
  const host = bootHost();
  if (file !== null) host.run(`echo '${file}' > /etc/docker/daemon.json`);
  expect(host.run(`dockerd --validate ${flags}`)).toEqual({ exitCode, stdout: '', stderr });
});
