import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run('docker run -d --name web -u 5:6 --group-add 33 --group-add 4 busybox sleep 1000');
host.run(
  'docker run --name named busybox sh -c "echo web:x:33:; echo web2:x:33:; echo team:x:7:root,web" > /tmp/group',
);
host.run("docker run -d --name grouped busybox sh -c 'sleep 1000'; docker cp /tmp/group grouped:/etc/group");
host.run('docker commit grouped grouped');

const show = 'sh -c "id; id -G; grep Groups /proc/self/status"';

test('what --group-add names are supplementary groups of the container and of what is executed in it', () => {
  expect(host.run(`docker exec web ${show}`).stdout).toBe('uid=5 gid=6 groups=4,6,33\n6 4 33\nGroups:\t4 6 33 \n');
  expect(host.run(`docker exec -u 9 web ${show}`).stdout).toBe(
    'uid=9 gid=0(root) groups=0(root),4,33\n0 4 33\nGroups:\t0 4 33 \n',
  );
  expect(host.run('docker inspect -f "{{json .HostConfig.GroupAdd}}" web').stdout).toBe('["33","4"]\n');
});

test('a group opens what is for its members', () => {
  host.run('echo secret > /tmp/secret; chown 0:33 /tmp/secret; chmod 640 /tmp/secret; docker cp -a /tmp/secret web:/s');
  expect(host.run('docker exec web cat /s').stdout).toBe('secret\n');
  host.run('docker cp -a /tmp/secret grouped:/s');
  expect(host.run('docker exec -u 5:6 grouped cat /s').exitCode).toBe(1);
});

test.each([
  ['--group-add web', 'uid=0(root) gid=0 groups=0,7(team),33(web)\n'],
  ['--group-add 33 --group-add 33', 'uid=0(root) gid=0 groups=0,7(team),33(web)\n'],
  ['--group-add web --group-add 33', 'uid=0(root) gid=0 groups=0,7(team),33(web)\n'],
  ['-u 5:team --group-add web', 'uid=5 gid=7(team) groups=7(team),33(web)\n'],
])('docker run %s grouped id', (flags, stdout) => {
  expect(host.run(`docker run --rm ${flags} grouped id`)).toEqual({ exitCode: 0, stdout, stderr: '' });
});

test.each([
  ['--group-add nosuch', 'Unable to find group nosuch: no matching entries in group file'],
  ["--group-add ''", 'Unable to find group : no matching entries in group file'],
  ['--group-add web --group-add web', 'Unable to find group web: no matching entries in group file'],
  ['--group-add web --group-add web2', 'Unable to find group web2: no matching entries in group file'],
  ['--group-add -1', 'uids and gids must be in range 0-2147483647'],
  ['--group-add 2147483648', 'uids and gids must be in range 0-2147483647'],
])('docker run %s is refused at the start', (flags, because) => {
  expect(host.run(`docker run --rm ${flags} grouped id`)).toEqual({
    exitCode: 125,
    stdout: '',
    stderr: `docker: Error response from daemon: ${because}.\n`,
  });
});

test('a program of coreutils names the own group first, and whoever logs in is in the own group', () => {
  expect(host.run('id').stdout).toBe('uid=0(root) gid=0(root) groups=0(root)\n');
  expect(host.run('grep Groups /proc/self/status /proc/1/status').stdout).toBe(
    '/proc/self/status:Groups:\t0 \n/proc/1/status:Groups:\t \n',
  );
});
