import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
const scope = '/sys/fs/cgroup/system.slice/docker-$(docker inspect -f {{.Id}} web).scope';

test('annotations go to the runtime, and docker inspect shows them', () => {
  host.run(
    'docker run -d --name web --annotation a=b --annotation c --annotation d=e=f --annotation a=z busybox sleep 9999',
  );
  expect(host.run("docker inspect -f '{{json .HostConfig.Annotations}}' web").stdout).toBe(
    '{"a":"z","c":"","d":"e=f"}\n',
  );
  const bundle = '/run/containerd/io.containerd.runtime.v2.task/moby/$(docker inspect -f {{.Id}} web)';
  expect(host.run(`jq -c .annotations ${bundle}/config.json`).stdout).toBe('{"a":"z","c":"","d":"e=f"}\n');
  const runc = 'runc --root /run/docker/runtime-runc/moby';
  expect(host.run(`${runc} state $(docker inspect -f {{.Id}} web) | jq -c .annotations`).stdout).toBe(
    '{"a":"z","c":"","d":"e=f"}\n',
  );
  expect(host.run('docker create --annotation =x busybox')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Error response from daemon: invalid Annotations: the empty string is not permitted as an annotation key\n',
  });
});

test('--blkio-weight is io.weight as runc converts it, and docker update changes it', () => {
  host.run('docker rm -f web; docker run -d --name web --blkio-weight 300 busybox sleep 9999');
  expect(host.run(`cat ${scope}/io.weight`).stdout).toBe('default 2930\n');
  host.run('docker update -m 64m --memory-swap 128m web');
  expect(host.run(`cat ${scope}/io.weight`).stdout).toBe('default 2930\n');
  host.run('docker update --blkio-weight 1000 web');
  expect(host.run(`cat ${scope}/io.weight; docker inspect -f {{.HostConfig.BlkioWeight}} web`).stdout).toBe(
    'default 10000\n1000\n',
  );
  expect(host.run(`echo 10001 > ${scope}/io.weight`).stderr).toMatch(/Invalid argument|I\/O error/);
  expect(host.run('docker create --blkio-weight 5 busybox').stderr).toBe(
    'Error response from daemon: Range of blkio weight is from 10 to 1000\n',
  );
});

test('--cpuset-mems is cpuset.mems', () => {
  host.run('docker rm -f web; docker run -d --name web --cpuset-mems 0 busybox sleep 9999');
  expect(host.run(`cat ${scope}/cpuset.mems`).stdout).toBe('0\n');
});

test.each([
  ['size=10G', "--storage-opt is supported only for overlay over xfs with 'pquota' mount option"],
  ['Foo=bar', 'Unknown option foo'],
])('a layer cannot be limited: --storage-opt %s', (option, because) => {
  expect(host.run(`docker create --name limited --storage-opt ${option} busybox; docker inspect limited`)).toEqual({
    exitCode: 1,
    stdout: '[]\n',
    stderr: `Error response from daemon: ${because}\nError: No such object: limited\n`,
  });
});

test('--cgroup-parent is the slice, in those that its name tells, in which systemd makes the container’s scope', () => {
  const other = bootHost();
  other.run('docker run -d --name web --cgroup-parent shop-front.slice --network none -m 64m busybox sleep 9999');
  const inSlice = '/sys/fs/cgroup/shop.slice/shop-front.slice/docker-*.scope';
  expect(other.run(`cat ${inSlice}/memory.max; cat ${inSlice}/../cgroup.subtree_control`).stdout).toBe(
    '67108864\ncpuset cpu io memory hugetlb pids rdma misc\n',
  );
  expect(other.run('ls /sys/fs/cgroup/system.slice | grep -c docker-').stdout).toBe('0\n');
  expect(other.run('journalctl -t systemd -o cat | grep "Created slice"').stdout).toBe(
    'Created slice shop.slice - Slice /shop.\nCreated slice shop-front.slice - Slice /shop/front.\n',
  );
  const scope = 'docker-$(docker inspect -f {{.Id}} web).scope';
  expect(other.run(`systemctl show -p Slice,ControlGroup ${scope}`).stdout).toMatch(
    /^Slice=shop-front\.slice\nControlGroup=\/shop\.slice\/shop-front\.slice\/docker-[0-9a-f]{64}\.scope\n$/,
  );
  const uses = 'docker exec web true; docker pause web; docker unpause web; docker update -m 32m --memory-swap 64m web';
  expect(
    other.run(`${uses}; cat ${inSlice}/memory.max; docker stats --no-stream --format '{{.PIDs}}' web`).stdout,
  ).toBe('web\nweb\nweb\n33554432\n1\n');
  expect(other.run(`docker rm -f web; ls -d ${inSlice}; cat /sys/fs/cgroup/shop.slice/cgroup.events`).stdout).toBe(
    'web\npopulated 0\nfrozen 0\n',
  );
});

test('a slice whose name cannot be in a tree is refused by runc', () => {
  const other = bootHost();
  expect(other.run('docker run --network none --cgroup-parent a--b.slice busybox true')).toEqual({
    exitCode: 125,
    stdout: '',
    stderr:
      'docker: Error response from daemon: failed to create task for container: failed to create shim task: ' +
      'OCI runtime create failed: runc create failed: invalid slice name: a--b.slice: unknown.\n',
  });
});

test('the daemon’s cgroup-parent is that of the containers that name none', () => {
  const other = bootHost();
  other.run(`echo '{"cgroup-parent": "all.slice"}' > /etc/docker/daemon.json; systemctl restart docker`);
  other.run('docker run -d --network none busybox sleep 9999');
  other.run('docker run -d --network none --cgroup-parent own.slice busybox sleep 9999');
  expect(other.run('cd /sys/fs/cgroup; ls -d all.slice/docker-* own.slice/docker-* | cut -d- -f1').stdout).toBe(
    'all.slice/docker\nown.slice/docker\n',
  );
});
