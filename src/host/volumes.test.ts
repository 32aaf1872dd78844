import { expect, test } from 'vitest';
import { run } from './shell.fixture.ts';

test('a directory of the host is served by nginx as it stands, and ro means so', () => {
  const { texts } = run([
    'mkdir -p /srv/html; echo first > /srv/html/index.html; ' +
      'docker run -d --name web -p 8080:80 -v /srv/html:/usr/share/nginx/html:ro nginx >/dev/null',
    'curl -s 127.0.0.1:8080; echo second > /srv/html/index.html; curl -s 127.0.0.1:8080',
    "docker exec web sh -c 'echo x > /usr/share/nginx/html/a'",
    "docker inspect -f '{{json .Mounts}} {{json .HostConfig.Binds}}' web",
    'docker run --rm -v /new/dir:/x busybox true; ls -d /new/dir; cd /srv; docker run --rm -v ./html:/x busybox ls /x',
  ]);
  expect(texts.slice(1)).toEqual([
    'first\nsecond\n',
    'sh: 1: cannot create /usr/share/nginx/html/a: Read-only file system\n',
    '[{"Type":"bind","Source":"/srv/html","Destination":"/usr/share/nginx/html","Mode":"ro","RW":false,' +
      '"Propagation":"rprivate"}] ["/srv/html:/usr/share/nginx/html:ro"]\n',
    '/new/dir\nindex.html\n',
  ]);
});

test('a named volume outlives its containers, begins with what the image has, and is not removed while in use', () => {
  const { texts } = run([
    "docker run --name one -v data:/data busybox sh -c 'echo kept > /data/f'; docker run --rm -v data:/data busybox cat /data/f",
    'docker volume rm data nope 2>&1 | sed "s/[0-9a-f]\\{64\\}/ID/"; docker rm -v one; docker volume ls',
    'docker volume rm data; docker volume ls -q',
    'docker run --rm -v conf:/etc/nginx nginx true; ls /var/lib/docker/volumes/conf/_data',
    'docker volume create labelled --label a=b; docker volume inspect -f "{{.Labels}} {{.Mountpoint}}" labelled nope',
  ]);
  expect(texts).toEqual([
    'kept\n',
    'Error response from daemon: remove data: volume is in use - [ID]\n' +
      'Error response from daemon: get nope: no such volume\none\nDRIVER    VOLUME NAME\nlocal     data\n',
    'data\n',
    'conf.d\nnginx.conf\n',
    'labelled\nmap[a:b] /var/lib/docker/volumes/labelled/_data\nError response from daemon: get nope: no such volume\n',
  ]);
});

test('volumes that nobody named go with --rm and rm -v, and by prune', () => {
  const { texts, journal } = run([
    'docker run -d --name store redis >/dev/null; docker volume ls -q | wc -l; docker rm -fv store; docker volume ls -q | wc -l',
    'docker run --rm -v /x busybox true; docker volume ls -q | wc -l',
    'docker run -d --name store redis >/dev/null; docker rm -f store; docker volume prune -f | grep -c "^[0-9a-f]\\{64\\}$"',
  ]);
  expect(texts).toEqual(['1\nstore\n0\n', '0\n', 'store\n1\n']);
  const told = journal.flatMap((event) => (event.type === 'docker.event' ? [event.action] : []));
  expect(told.slice(0, 11)).toEqual([
    'volume create',
    'container create',
    'network connect',
    'volume mount',
    'container start',
    'container kill',
    'network disconnect',
    'volume unmount',
    'container die',
    'volume destroy',
    'container destroy',
  ]);
});

test.each([
  [
    '--mount type=bind,source=/nope,target=/x',
    'invalid mount config for type "bind": bind source path does not exist: /nope.',
  ],
  [
    '-v data:x',
    `invalid volume specification: 'data:x': invalid mount config for type "volume": invalid mount path: 'x' mount path must be absolute.`,
  ],
  ['-v data:/x:foo', 'invalid mode: foo.'],
  [
    '-v data:/',
    `invalid volume specification: 'data:/': invalid mount config for type "volume": invalid specification: destination can't be '/'.`,
  ],
  ['-v one:/x -v two:/x', 'Duplicate mount point: /x.'],
])('docker run %s', (options, words) => {
  const { texts } = run([`docker run --rm ${options} busybox true`, 'docker ps -aq; docker volume ls -q']);
  expect(texts).toEqual([`docker: Error response from daemon: ${words}\nSee 'docker run --help'.\n`, '']);
});
