/** The checkers: that they see what is left, whoever left it, and excuse nobody for somebody else. */
import { describe, expect, test } from 'vitest';
import { createMachine, type Machine } from '../host/machine.ts';
import { containersOf } from '../journal/look-up.ts';
import type { World } from '../journal/world.ts';
import { existsAt } from '../kernel/vfs/host-files.ts';
import { addCounts, excusedTooOften, noCounts, told } from './counts.ts';
import { wrongInspections } from './inspected.ts';
import type { StateSaid } from './inspected.ts';
import { perform, secondNs } from './perform.ts';
import { runCommands } from './swarm.ts';
import { startWitness } from './witness.ts';

const stranger = 'f'.repeat(64);

/** What the journal tells after these commands. */
function worldAfter(...commands: readonly string[]): World {
  const witness = startWitness();
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: witness.sink });
  for (const command of commands) perform(machine, command, 60 * secondNs);
  return witness.world();
}

/** What is wrong after these commands. */
function wrongAfter(...commands: readonly string[]): string {
  return (runCommands(1, commands).failure?.wrong ?? []).join('\n');
}

describe('what is left of no container is seen', () => {
  const planted: readonly (readonly [what: string, command: string])[] = [
    ['bundle', `mkdir /run/containerd/io.containerd.runtime.v2.task/moby/${stranger}`],
    ['work directory', `mkdir -p /var/lib/containerd/io.containerd.runtime.v2.task/moby/${stranger}`],
    ['state of runc', `mkdir -p /run/docker/runtime-runc/moby/${stranger}`],
    ['directory of fifos', `mkdir -p /run/docker/containerd/${stranger}`],
    ['socket of a shim', `mkdir -p /run/containerd/s; touch /run/containerd/s/${stranger}`],
    ['helper', 'sleep 1000 & echo $! > /sys/fs/cgroup/system.slice/containerd.service/cgroup.procs'],
    ['cgroup', `mkdir /sys/fs/cgroup/system.slice/docker-${stranger}.scope`],
    ['root mount', 'd=/var/lib/docker/overlay2/none/merged; mkdir -p $d; mount -t tmpfs none $d'],
    ['shm mount', `d=/var/lib/docker/containers/${stranger}/mounts/shm; mkdir -p $d; mount -t tmpfs shm $d`],
    ['network namespace', 'touch /run/docker/netns/none; mount --bind /proc/self/ns/net /run/docker/netns/none'],
    ['sandbox record', `echo '{"key":"k"}' > /var/lib/docker/network/files/${stranger}.json`],
    ['veth', 'ip link add veth8 type veth peer name veth9'],
    [
      'proxy',
      'docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 9 -container-ip 172.17.0.9 -container-port 9 3>&1 &',
    ],
    ['rule', 'iptables -t nat -A DOCKER -p tcp --dport 9 -j DNAT --to-destination 172.17.0.9:9'],
    ['layer', `mkdir /var/lib/docker/overlay2/${stranger}`],
    ['link to a layer', `ln -s ../${stranger}/diff /var/lib/docker/overlay2/l/AAAA`],
    ['record of layers', `mkdir /var/lib/docker/image/overlay2/layerdb/mounts/${stranger}`],
    ['directory', `mkdir /var/lib/docker/containers/${stranger}`],
  ];
  test.each(planted)('%s', (what, command) => {
    expect(wrongAfter(command)).toContain(`a ${what} is left of no container`);
  });
});

test('what is left of a container that does not run is seen, and what one that runs lacks', () => {
  const id = "$(docker inspect -f '{{.Id}}' c1)";
  expect(wrongAfter('docker create --name c1 busybox true', `mkdir /run/docker/containerd/${id}`)).toContain(
    'container c1 is created for dockerd, and there is still a directory of fifos',
  );
  expect(wrongAfter('docker run -d --name c1 busybox sleep 1000', `rm -r /run/docker/containerd/${id}`)).toContain(
    'container c1 is running for dockerd, and its directory of fifos is missing',
  );
});

test('what the next dockerd would read of a container is compared, and volumes that dockerd does not know', () => {
  const edit = 'sed -i \'s/"Paused":false/"Paused":true/\' /var/lib/docker/containers/*/config.v2.json';
  expect(wrongAfter('docker run -d --name c1 busybox sleep 1000', `${edit}; sleep 1`)).toContain(
    'container c1 is running for dockerd, Paused is to be false, and its record says true',
  );
  // Each sixth time the daemons are asked, too.
  expect(wrongAfter('mkdir /var/lib/docker/volumes/stray', ...Array<string>(5).fill('true'))).toBe(
    'the volume stray is of no container, and dockerd keeps it',
  );
});

test('a docker rm that is faster than a container’s removal by itself leaves its volumes, as it may', () => {
  const make = 'docker run -d --rm --name c1 -v /data busybox sleep 1000';
  expect(wrongAfter(make, 'docker rm -f c1', 'true')).toBe('');
});

test('what a container has on the disk is missed, whether it runs or not', () => {
  const remove = 'rm -r $(dirname $(docker inspect -f "{{.GraphDriver.Data.UpperDir}}" c1))-init';
  expect(wrongAfter('docker create --name c1 busybox true', remove)).toBe(
    'container c1 is created for dockerd, and it has 1 of 2 on the disk: layer',
  );
});

test('a layer that a dockerd was making when it was killed may stay, and no other', () => {
  const make = `mkdir /var/lib/docker/overlay2/${stranger}`;
  const back = 'sleep 61; systemctl start docker';
  expect(wrongAfter(`${make}; pkill -9 -x dockerd`, back)).toBe('');
  expect(wrongAfter(`${make}; sleep 1; pkill -9 -x dockerd`, back)).toContain('a layer is left of no container');
});

test('what is not as docker inspect says is told, and how a process ended is known from the kernel', () => {
  const world = worldAfter('docker run --name c1 busybox sh -c "exit 3"; docker run -d --name c2 busybox sleep 1000');
  const [c1, c2] = containersOf(world);
  if (c1 === undefined || c2 === undefined) throw new Error('two containers were made');
  const off = { Paused: false, Restarting: false, OOMKilled: false, Dead: false };
  const said = new Map<string, StateSaid>([
    [c1.id, { ...off, Status: 'exited', Running: false, Pid: 0, ExitCode: 3 }],
    [c2.id, { ...off, Status: 'running', Running: true, Pid: c2.taskPid, ExitCode: 0 }],
  ]);
  const look = (exitCode: number) =>
    wrongInspections(world, 'docker inspect', said, () => ({ exitCodes: [exitCode], oomKilled: false }));
  expect(look(3)).toEqual([]);
  expect(look(4).map(({ text }) => text)).toEqual([
    'container c1 is exited for dockerd, ExitCode is to be 4, and docker inspect says 3',
  ]);
});

test('who goes on though there is no container any more is told in the end, but for who waits for events', () => {
  expect(wrongAfter('docker events &', 'sleep 1000 &')).toMatch(/^in the end \d+ \(sleep 1000\) goes on$/);
});

test('a program of nobody that fails excuses nothing that is missing', () => {
  const remove = "rm -r /run/docker/containerd/$(docker inspect -f '{{.Id}}' c1)";
  expect(wrongAfter("sh -c 'exit 1'", 'docker run -d --name c1 busybox sleep 1000', remove)).toContain(
    'container c1 is running for dockerd, and its directory of fifos is missing',
  );
});

test('a disk that was full excuses nobody who is started once it is empty again', () => {
  const commands = [
    'fallocate -l 1KiB /run/fill; rm -f /run/fill; sleep 16',
    'docker run -d --name c1 busybox sleep 1000',
    "rm -r /run/docker/containerd/$(docker inspect -f '{{.Id}}' c1)",
  ];
  expect(wrongAfter(...commands)).toContain('its directory of fifos is missing');
});

test('a dockerd that is killed leaves its containers’ rules outside its chains to the next, and no others', () => {
  const run = 'docker run -d -p 8080:80 --name c1 busybox sleep 1000';
  const kill = 'pkill -9 -x dockerd; sleep 61; systemctl start docker; iptables -t nat -S POSTROUTING';
  const rule = (address: string) => `iptables -t nat -A POSTROUTING -p tcp -d ${address} --dport 80 -j MASQUERADE`;
  expect(wrongAfter(run, kill)).toBe('');
  expect(wrongAfter(run, kill, rule('172.17.0.9'))).toBe(
    'a rule is left of no container: in POSTROUTING for 172.17.0.9:80',
  );
  expect(wrongAfter(run, 'docker rm -f c1', rule('172.17.0.2'), kill)).toContain('a rule is left of no container');
});

test('the file for a network namespace is left when a start ends before the mount, and not after it', () => {
  const start = 'docker run -d --name c1 busybox sleep 1000 & sleep 0.25; pkill -9 -n -x runc; wait';
  expect(wrongAfter(start, 'ls /run/docker/netns | grep -q .')).toBe('');
  const umount = 'f=$(echo /run/docker/netns/*); umount $f; docker rm -f c1; touch $f';
  expect(wrongAfter('docker run -d --name c1 busybox sleep 1000', umount)).toContain(
    'a file of a network namespace is left of no container',
  );
});

test('a runc that is killed while it deletes leaves what only it cleans up', () => {
  const remove = (moment: number) =>
    wrongAfter(
      'docker run -d --name c1 busybox sleep 1000',
      `docker rm -f c1 & sleep ${moment}; pkill -9 -n -x runc; wait; sleep 12; ctr -n moby tasks ls -q`,
    );
  expect(['0.040', '0.045', '0.050'].map(Number).map(remove)).toEqual(['', '', '']);
});

test('a shim that stands still excuses its own container, and no other', () => {
  const commands = [
    'docker run -d --name c1 busybox sleep 1000; docker run -d --name c2 busybox sleep 1000',
    'pkill -STOP -n -x containerd-shim; docker stop -t 1 c2 & sleep 3',
    "rm -r /run/docker/containerd/$(docker inspect -f '{{.Id}}' c1)",
  ];
  expect(wrongAfter(...commands.slice(0, 2))).toBe('');
  expect(wrongAfter(...commands)).toContain('container c1 is running for dockerd');
  expect(wrongAfter(...commands)).not.toContain('container c2');
});

test('a runc that stands still before the hooks excuses both ends of the veth pair, which are on the host', () => {
  const run = 'docker run -d --name c1 busybox sleep 1000 & sleep 0.1; pkill -STOP -n -x runc; ip -br link';
  expect(wrongAfter(run, 'ip link add veth8 type veth peer name veth9')).toBe(
    ['veth9', 'veth8'].map((name) => `a veth is left of no container: ${name}`).join('\n'),
  );
});

test('a shim that nobody lets go on is let go on by who looks it over, so that its container is compared', () => {
  const held = [
    'docker run -d --name c1 busybox sleep 1000',
    'pkill -STOP -x containerd-shim',
    "rm -r /run/docker/containerd/$(docker inspect -f '{{.Id}}' c1)",
    'true',
    'true',
    'true',
  ];
  expect(wrongAfter(...held)).toBe('');
  expect(wrongAfter(...held, 'true')).toContain('its directory of fifos is missing');
});

test('an engine that nobody starts again is started by who looks it over, so that it is compared', () => {
  const { failure, counts } = runCommands(1, ['systemctl stop docker.socket docker', ...Array(8).fill('true')]);
  expect(failure).toBeUndefined();
  expect(counts).toMatchObject({ 'no dockerd': 5, compared: 4 });
});

test('what stops a machine is told with the command that did it, and cut down like any other failure', () => {
  const commands = ['true', 'touch /tmp/two', 'true'];
  const planted = (machine: Machine): readonly string[] => {
    if (existsAt(machine.kernel, '/tmp/two')) throw new Error('planted');
    return [];
  };
  const { failure } = runCommands(1, commands, undefined, planted);
  expect(failure).toEqual({ seed: 1, commands, step: 1, wrong: ['the machine stopped: Error: planted'] });
});

test('the steps that were compared are told, and too few of them are wrong', () => {
  const counts = noCounts();
  addCounts(counts, { ...noCounts(), compared: 600, 'no dockerd': 400, containers: 50, 'somebody of it was away': 10 });
  expect(told(counts)).toContain('compared after 600 of 1000 steps (under way 0, no dockerd 400, no containerd 0)');
  expect(excusedTooOften(counts)).toEqual(['only 600 of 1000 steps were compared', 'of 50 containers 10 were excused']);
  expect(excusedTooOften({ ...noCounts(), compared: 900, 'no dockerd': 100 })).toEqual([]);
});
