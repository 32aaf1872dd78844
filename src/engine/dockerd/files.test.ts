import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

function hostWithWeb(script = 'sleep 1000') {
  const host = bootHost();
  host.run(`docker run -d --name web --network none busybox sh -c '${script}'`);
  return host;
}

test('cp takes files in and out, through links as the container would, running or not', () => {
  const host = hostWithWeb();
  host.run('mkdir -p /w/d; cd /w; echo one > d/a; echo two > b');
  const run = (script: string) => host.run(`cd /w; ${script}`);
  expect(run('docker cp b web:/tmp/c && docker cp d web:/new && docker cp d/. web:/tmp').stderr).toBe('');
  expect(run('docker exec web sh -c "cat /tmp/c /new/a /tmp/a; ln -s /new /l"').stdout).toBe('two\none\none\n');
  expect(run('docker stop -t 0 web >/dev/null; docker cp web:/l/a out; docker cp web:/l -; cat out').stdout).toContain(
    'one\n',
  );
  expect(run('docker cp -L web:/l copied; cat copied/a; docker cp web:/etc/passwd - | tar tv').stdout).toMatch(
    /^one\n-rw-r--r-- root\/root +\d+ .* passwd\n$/,
  );
  expect(run('tar c d | docker cp - web:/tmp && docker cp web:/tmp/d/a - | tar t').stdout).toBe('a\n');
  expect(run('grep -c overlay /proc/mounts').stdout).toBe('0\n');
});

// Asked of 26.1.5.
test('cp takes a link with a slash behind it for its directory, and names what a link leads to in vain', () => {
  const host = hostWithWeb();
  host.run('mkdir -p /w/d/e; echo g > /w/d/e/g; ln -s d /w/dl; ln -s nosuch /w/dangling');
  expect(
    host.run('docker cp /w/dl/ web:/tmp/new; docker cp /w/dl/ web:/tmp; docker exec web sh -c "cd /tmp; find . | sort"')
      .stdout,
  ).toBe('.\n./dl\n./dl/e\n./dl/e/g\n./new\n./new/e\n./new/e/g\n');
  expect(host.run('docker cp -L /w/dangling web:/tmp').stderr).toBe('lstat /w/nosuch: no such file or directory\n');
});

// Asked of 26.1.5.
test.each([
  ['-L a web:/x', 'EvalSymlinks: too many links\n'],
  ['a/ web:/x', 'EvalSymlinks: too many links\n'],
  ['a/f web:/x', 'EvalSymlinks: too many links\n'],
  ['a web:/x', ''],
  ['web:/etc/passwd a', 'stat /w/a: too many levels of symbolic links\n'],
  ['web:/etc/passwd a/x', 'stat /w/a/x: too many levels of symbolic links\n'],
])('cp %s, where a leads to b and b to a', (words, stderr) => {
  expect(hostWithWeb().run(`mkdir /w; cd /w; ln -s b a; ln -s a b; docker cp ${words}`).stderr).toBe(stderr);
});

// Asked of 26.1.5.
test.each([
  ['export -o l web', 'failed to export container: stat l: too many levels of symbolic links\n'],
  ['export -o l/x web', 'failed to export container: stat l/x: too many levels of symbolic links\n'],
  ['export -o /etc/passwd/x web', 'failed to export container: stat /etc/passwd/x: not a directory\n'],
  ['export -o no/x web', 'failed to export container: invalid output path: directory "no" does not exist\n'],
  ['create --cidfile l nginx', 'failed to create the container ID file: open l: too many levels of symbolic links\n'],
  ['create --cidfile /dev/null/x nginx', 'failed to create the container ID file: open /dev/null/x: not a directory\n'],
])('docker %s, where l leads to l', (words, stderr) => {
  expect(hostWithWeb().run(`ln -s l l; docker ${words}`).stderr).toBe(stderr);
});

test('cp tells what of the host it cannot read, and copies the rest', () => {
  const host = hostWithWeb();
  host.run('mkdir -m 777 /w; echo a > /w/a; echo b > /w/b; chmod 0 /w/a; chmod 666 /run/docker.sock');
  const told = host.run("su -s /bin/sh nobody -c 'docker cp /w web:/tmp'; docker exec web ls /tmp/w");
  expect([told.stdout, told.stderr.replace(/time="[^"]*"/, '')]).toEqual([
    'b\n',
    ` level=error msg="Can't add file /w/a to tar: open /w/a: permission denied"\n`,
  ]);
});

// Asked of 26.1.5.
test('cp refuses a link that leads out of where it goes by its dots, either way', () => {
  const host = hostWithWeb(
    'mkdir /d; ln -s ../../etc/hostname /d/up; ln -s ../beside /d/ok; ln -s /far /d/far; sleep 9999',
  );
  host.run('mkdir -p /tmp/e; ln -s ../../../x /tmp/e/up');
  expect(host.run('docker cp web:/d /tmp/out; ls /tmp/out')).toMatchObject({
    stdout: 'far\nok\n',
    stderr: 'invalid symlink "/tmp/out/up" -> "../../etc/hostname"\n',
  });
  expect(host.run('docker cp /tmp/e web:/d').stderr).toBe(
    'Error response from daemon: invalid symlink "/d/e/up" -> "../../../x"\n',
  );
});

test('cp sees what is mounted over the container’s files, running or not, and leaves no mount behind', () => {
  const host = bootHost();
  host.run(
    'mkdir -p /conf; echo c > /conf/c; echo new > /n; ' +
      'docker run -d --name web --hostname hey --network none -v data:/data -v /conf:/conf:ro busybox sleep 1000; ' +
      'docker exec web sh -c "echo in > /data/f; ln -s /data/f /link"',
  );
  const read =
    'for f in etc/hostname data/f conf/c; do docker cp web:/$f - | tar xO; done; docker cp -L web:/link - | tar xO';
  expect(host.run(read).stdout).toBe('hey\nin\nc\nin\n');
  expect(host.run('docker cp /n web:/data; docker exec web cat /data/n; docker cp /n web:/conf').stderr).toBe(
    'Error response from daemon: mounted volume is marked read-only\n',
  );
  expect(host.run('docker cp /n web:/etc/hostname').stderr).toBe(
    'Error response from daemon: unlinkat /etc/hostname: device or resource busy\n',
  );
  host.run('docker stop -t 0 web');
  expect(host.run(`${read}; cat /var/lib/docker/volumes/data/_data/n; lsns -n -t mnt | wc -l`).stdout).toBe(
    'hey\nin\nc\nin\nnew\n1\n',
  );
  expect(host.run('docker diff web; docker export web | tar t | grep ^data').stdout).toBe(
    'A /conf\nA /data\nA /link\ndata/\n',
  );
});

test('a mount’s place is sought in the container, whatever links its image has', () => {
  const host = bootHost();
  host.run(
    'mkdir /w /out; echo in > /w/f; docker run --name maker --network none busybox ln -s /out /lnk; ' +
      'docker commit maker linked; docker create --name c1 -v /w:/lnk/y -v data:/lnk/z linked sleep 1000',
  );
  expect(host.run('docker cp c1:/lnk/y/f - | tar xO; ls /out').stdout).toBe('in\n');
});

test('a mount that cannot be made is named', () => {
  const host = bootHost();
  host.run('mkdir /w; docker create --name c1 -v /w:/etc/passwd busybox sleep 1000');
  expect(host.run('docker cp c1:/etc/hostname -').stderr).toMatch(
    /^Error response from daemon: mount \/w:\S+\/etc\/passwd: not a directory\n$/,
  );
});

test.each([
  ['docker cp web:/nosuch x', 'Error response from daemon: Could not find the file /nosuch in container web\n'],
  ['docker cp nosuch:/a x', 'Error response from daemon: No such container: nosuch\n'],
  [
    'docker cp /etc/hostname web:/nope/x',
    'Error response from daemon: Could not find the file /nope in container web\n',
  ],
  ['docker cp /etc/hostname web:/nope/', 'no such directory\n'],
  ['docker cp web:/etc /etc/hostname', 'cannot copy directory\n'],
  ['docker cp web:/etc /nope/x', 'invalid output path: directory "/nope" does not exist\n'],
  ['docker cp /nofile web:/', 'lstat //nofile: no such file or directory\n'],
  ['docker cp a b', 'must specify at least one container source\n'],
  ['docker cp web:/a web:/b', 'copying between containers is not supported\n'],
  ['echo | docker cp - web:/etc/passwd', 'destination "web:/etc/passwd" must be a directory\n'],
  [
    'docker export -o /nope/x web',
    'failed to export container: invalid output path: directory "/nope" does not exist\n',
  ],
])('%s is refused', (command, stderr) => {
  expect(hostWithWeb().run(command)).toEqual({ exitCode: 1, stdout: '', stderr });
});

test('on a terminal cp says how much it has copied', () => {
  const host = hostWithWeb();
  expect(host.type(1, 'docker cp /etc/hostname web:/tmp\r')).toContain('Successfully copied 2.05kB to web:/tmp\r\n');
});

test('diff tells what the container changed in its image, and export what it has in all', () => {
  const host = hostWithWeb();
  host.run('docker exec web sh -c "echo hi > /tmp/new; mkdir /data; echo x > /data/f; rm /etc/group"');
  expect(host.run('docker diff web').stdout).toBe('A /data\nA /data/f\nC /etc\nD /etc/group\nC /tmp\nA /tmp/new\n');
  expect(host.run('docker export web | tar t | grep -E "^(data|tmp|etc/(group|passwd)|bin/sh$)"').stdout).toBe(
    'bin/sh\ndata/\ndata/f\netc/passwd\ntmp/\ntmp/new\n',
  );
});

const layersLeft = 'ls /var/lib/docker/overlay2 /var/lib/docker/image/overlay2/layerdb/sha256 | wc -l';

test('commit makes an image that containers start from; its name and it go with rmi, its layer too', () => {
  const host = hostWithWeb();
  host.run('docker exec web sh -c "echo x > /f; rm /etc/group"');
  const before = host.run(layersLeft).stdout;
  const commit = `docker commit -m msg -a me -c 'CMD ["cat","/f"]' -c 'ENV A=1 B="2 3"' web snap:v1`;
  expect(host.run(commit).stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  expect(host.run('docker run --rm snap:v1; docker run --rm snap:v1 sh -c "echo $A $B; ls /etc/group"')).toEqual({
    exitCode: 1,
    stdout: 'x\n\n',
    stderr: 'ls: /etc/group: No such file or directory\n',
  });
  expect(host.run("docker image inspect -f '{{.Author}} {{.Comment}} {{.Config.Env}}' snap:v1").stdout).toMatch(
    /^me msg \[PATH=\S+ A=1 B=2 3\]\n$/,
  );
  expect(host.run('docker tag snap:v1 snap && docker rmi snap:v1 snap').stdout).toMatch(
    /^Untagged: snap:v1\nUntagged: snap:latest\nDeleted: sha256:[0-9a-f]{64}\nDeleted: sha256:[0-9a-f]{64}\n$/,
  );
  expect(host.run(layersLeft).stdout).toBe(before);
});

// As 26.1.5 did: the layers of an image that its container has lost go with the last such container.
test('layers stay for the containers that stand on them when their image goes, and go with the last of them', () => {
  const host = hostWithWeb();
  const before = Number(host.run(layersLeft).stdout);
  host.run('docker exec web sh -c "echo x > /f"; docker commit web one; docker exec web sh -c "echo y > /g"');
  host.run('docker commit web other; docker create --name c1 one true; docker create --name c2 one cat /f');
  expect(host.run('docker rmi -f one').stdout).toMatch(/^Untagged: one:latest\nDeleted: sha256:[0-9a-f]{64}\n$/);
  const { exitCode, stderr } = host.run('docker commit c1 two');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^Error response from daemon: failed to get digest (sha256:[0-9a-f]{64}): open \S+: no such file or directory\n$/,
  );
  expect(host.run('docker rmi other').stdout.match(/^Deleted: /gm)).toHaveLength(2);
  host.run('systemctl restart docker; docker rm c1');
  expect(host.run('docker start -a c2').stdout).toBe('x\n');
  host.run('docker rm c2');
  expect(Number(host.run(layersLeft).stdout)).toBe(before);
});

test('of a pull that fails no layer stays that nobody else has', () => {
  const host = hostWithWeb();
  const before = host.run(layersLeft).stdout;
  const { stderr } = host.run(
    "docker pull -q nginx & sleep 5.6; fallocate -l $(df -k / | awk 'NR == 2 { print $4 }')KiB /fill; wait; rm /fill",
  );
  expect(stderr).toContain('no space left on device');
  expect(host.run(layersLeft).stdout).toBe(before);
});

test('rmi refuses what containers need, and says what would have to happen', () => {
  const host = hostWithWeb();
  host.run('docker tag busybox other');
  expect(host.run('docker rmi $(docker images -q busybox)').stderr).toMatch(
    /^Error response from daemon: conflict: unable to delete [0-9a-f]{12} \(cannot be forced\) - image is being used by running container [0-9a-f]{12}\n$/,
  );
  expect(host.run('docker rmi other').stdout).toBe('Untagged: other:latest\n');
  host.run('docker stop -t 0 web');
  expect(host.run('docker rmi busybox').stderr).toMatch(
    /\(must force\) - container [0-9a-f]{12} is using its referenced image/,
  );
  expect(host.run('docker rmi -f busybox; docker start web; docker ps -q | wc -l').stdout).toMatch(/web\n1\n$/);
  expect(host.run('docker rmi -f nosuch')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'Error response from daemon: No such image: nosuch:latest\n',
  });
});

test('prune removes what does not run, after a yes', () => {
  const host = hostWithWeb();
  host.run('docker create --name aa --label keep=1 busybox true; docker create --name bb busybox true');
  expect(host.run('echo n | docker container prune')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(host.run('docker container prune -f --filter label!=keep').stdout).toMatch(
    /^Deleted Containers:\n[0-9a-f]{64}\n\nTotal reclaimed space: 0B\n$/,
  );
  expect(
    host.run('docker container prune -f --filter until=1h; echo y | docker container prune >/dev/null').stdout,
  ).toBe('Total reclaimed space: 0B\n');
  expect(host.run("docker ps -a --format '{{.Names}}'").stdout).toBe('web\n');
});

test('a layer has its merged only while it is mounted, and each below another is marked as committed', () => {
  const host = hostWithWeb();
  const own = host
    .run("docker inspect -f '{{.GraphDriver.Data.MergedDir}}' web")
    .stdout.trim()
    .replace(/\/merged$/, '');

  expect(host.run(`ls ${own}; ls ${own}-init`).stdout).toBe(
    'diff\nlink\nlower\nmerged\nwork\ncommitted\ndiff\nlink\nlower\nwork\n',
  );
  expect(host.run(`docker stop -t 0 web >/dev/null; ls ${own}`).stdout).toBe('diff\nlink\nlower\nwork\n');
  expect(host.run(`docker start web >/dev/null; ls ${own}`).stdout).toBe('diff\nlink\nlower\nmerged\nwork\n');
});
