/** help: what there is to try here. Not a program of Debian's; the machine's own leaflet. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../io.ts';

const groups: readonly (readonly [title: string, lines: readonly (readonly [command: string, what: string])[]])[] = [
  [
    'Run something',
    [
      ['docker run hello-world', 'the shortest life of a container'],
      ['docker run -d --name web nginx', 'a server that stays'],
      ['docker run -it busybox', 'a shell inside; Ctrl-P Ctrl-Q leaves it running'],
      ['docker run --rm alpine echo hi', 'and gone again'],
    ],
  ],
  [
    'Watch it',
    [
      ['docker ps -a', 'what dockerd knows'],
      ['docker logs web', 'what it wrote'],
      ['docker inspect web', 'everything about it'],
      ['docker exec -it web sh', 'a second process inside'],
      ['docker top web', 'its processes, as the host sees them'],
      ['docker events', 'what happens, as it happens (in a second terminal)'],
    ],
  ],
  [
    'Look underneath',
    [
      ['pstree -p', 'systemd, containerd, dockerd, a shim for each container'],
      ['ps -ef --forest', 'the same with command lines'],
      ['lsns', 'namespaces, and who is in them'],
      ['ctr -n moby t ls', 'the same containers, as containerd knows them'],
      ['runc --root /run/docker/runtime-runc/moby list', 'the same again, as runc keeps them'],
      ['runc spec; runc run c1', 'a container from a bundle, without an engine'],
      ["docker inspect web | jq '.[0].State'", 'pick from what JSON tells'],
      ['nsenter -t PID -a', 'walk into a container without Docker'],
      ['unshare -p -f --mount-proc sh', 'half a container, by hand'],
      ['strace -f -p $(pidof containerd)', 'what it asks of the kernel; then docker run elsewhere'],
      ['mount', 'overlays and the rest; cat /proc/self/mountinfo tells more'],
      ['ip -br addr', 'docker0 and the veth devices'],
      ['cat /proc/PID/status', 'NSpid shows a number for each pid namespace'],
      ['ls /sys/fs/cgroup/system.slice', 'a scope for each container'],
    ],
  ],
  [
    'Break something',
    [
      ['docker stop web', 'SIGTERM, ten seconds, SIGKILL'],
      ['docker kill -s HUP web', 'any signal'],
      ['kill -9 $(pidof dockerd)', 'containers live on, or do they?'],
      ['kill -9 $(pgrep -f "shim.*-id")', 'who reaps now?'],
      ['kill -STOP $(pidof dockerd)', 'who writes now waits for a reader; kill -CONT ends it'],
      ['systemctl restart containerd', 'shims live on'],
      ['apt-get install docker.io=27.5.1+dfsg4-1', 'an upgrade, under running containers'],
      ['docker run -m 16m busybox tail /dev/zero', 'the OOM killer'],
      ['docker run -v /root/segv:/segv:ro busybox /segv', 'a fault of memory: not even pid 1 is immune'],
      ['mv /usr/sbin/runc /root; docker run busybox', 'a host without runc'],
      ['fallocate -l 17G /var/lib/docker/fill', 'a disk that is nearly full; df -h / tells how much is left'],
      [
        'ls /etc/glassdock',
        'registry.json there makes the registry slow: {"bytes-per-second": 500000, "round-trip-ms": 800}',
      ],
    ],
  ],
];

export function* helpMain(): Running {
  const width = Math.max(...groups.flatMap(([, lines]) => lines.map(([command]) => command.length)));
  const text = groups.map(
    ([title, lines]) => `${title}\n${lines.map(([command, what]) => `  ${command.padEnd(width)}  ${what}\n`).join('')}`,
  );
  yield* print(`${text.join('\n')}\nThe usual tools are here as well: ls /usr/bin\n`);
  return 0;
}
