/** Random commands and faults: what somebody might type who knows all commands and no restraint. */
import type { Random } from '../kernel/random.ts';

/** Few names, so that commands meet: taken names, wrong states, containers that are no more. */
const names = ['c1', 'c2', 'c3', 'c4'];
const programs = [
  'sleep 1000',
  'sleep 1000',
  'sleep 2',
  'true',
  'sh -c "exit 3"',
  'sh -c "trap \'exit 7\' TERM; while :; do sleep 1; done"',
  'sh -c "while :; do echo tick; sleep 1; done"',
  'sh -c "sleep 100 & sleep 100 & wait"',
  'sh -c "(sleep 1 &) ; exec sleep 1000"',
  'nosuchprogram',
  // More memory than 16 MB: what a limit is for.
  'sh -c "dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 1"',
  'sh -c "for i in 1 2 3 4 5 6 7 8 9; do sleep 100 & done; wait"',
  'sh -c "echo mark > /mark; sleep 1000"',
];
const runFlags = [
  '',
  '',
  '',
  '--rm',
  '--init',
  '--restart always',
  '--restart on-failure:2',
  '--restart unless-stopped',
  '-m 16m',
  '--pids-limit 8',
  '--network none',
  '--read-only',
  '--stop-timeout 1',
  '--health-cmd true --health-interval 200ms',
  '--health-cmd "exit \\$((\\$(date +%s) % 2))" --health-interval 500ms --health-retries 1',
  '--health-cmd "sleep 3" --health-interval 1s --health-timeout 1s --health-retries 1',
  '--pid container:c1',
  '--pid host --init',
  '--network container:c2',
  '--network host',
  '--ipc shareable',
  '--ipc container:c3',
  '--log-opt max-size=100 --log-opt max-file=2',
  '-p 8080:80',
  '-v data:/data',
  '-v /srv:/data --tmpfs /scratch',
  '--rm -v /data',
  '--mount type=volume,source=data,target=/data --mount type=tmpfs,target=/scratch',
  '--log-driver none --ulimit nofile=64 --uts host --oom-score-adj 500',
  '--stop-signal INT --cpus 0.5 --cpuset-cpus 0 --label of=swarm',
  '-t',
  '-i',
];
const calls = [
  'start',
  'stop?t=1',
  'kill?signal=TERM',
  'kill?signal=NONE',
  'pause',
  'unpause',
  'restart?t=0',
  'rename?name=c3',
  'resize?h=10&w=20',
  'update',
];
const bodies = [
  '{"Image": "busybox", "Cmd": ["sleep", "1000"], "HostConfig": {"RestartPolicy": {"Name": "always"}}}',
  '{"Image": "busybox", "Cmd": "true", "Tty": true, "HostConfig": {"AutoRemove": true}}',
  '{"Image": "busybox", "Cmd": ["sh"], "OpenStdin": true, "StdinOnce": true, "HostConfig": {"PidMode": "host"}}',
  '{"Image": "busybox", "HostConfig": {"Memory": 1}}',
  '{"Image": 3}',
  '{',
];
const signals = ['KILL', 'KILL', 'TERM', 'STOP', 'CONT', 'INT', 'HUP', 'USR1'];
const victims = ['dockerd', 'containerd', 'containerd-shim', 'runc', 'docker', 'sleep', 'sh'];
/** Unless it is away already: what stands in its place is not it. */
const takeRuncAway = '[ -e /root/runc ] || mv /usr/sbin/runc /root/runc';
const moments = ['0.01', '0.05', '0.1', '0.15', '0.2', '0.25', '0.3', '1', '4'];

type Maker = (pick: (among: readonly string[]) => string) => string;

/** With how often each is taken. */
const makers: readonly (readonly [weight: number, make: Maker])[] = [
  [14, (pick) => `docker run -d ${pick(runFlags)} --name ${pick(names)} busybox ${pick(programs)}`],
  [3, (pick) => `docker run ${pick(runFlags)} --name ${pick(names)} busybox ${pick(programs.slice(2, 6))}`],
  [3, (pick) => `docker create ${pick(runFlags)} --name ${pick(names)} busybox ${pick(programs)}`],
  [8, (pick) => `docker start ${pick(names)}`],
  [8, (pick) => `docker stop -t ${pick(['0', '1', '3'])} ${pick(names)}`],
  [6, (pick) => `docker kill -s ${pick(signals)} ${pick(names)}`],
  [6, (pick) => `docker restart -t 1 ${pick(names)}`],
  [6, (pick) => `docker pause ${pick(names)}`],
  [6, (pick) => `docker unpause ${pick(names)}`],
  [6, (pick) => `docker rm -f ${pick(names)}`],
  [3, (pick) => `docker rm ${pick(names)}`],
  [6, (pick) => `docker exec ${pick(names)} ${pick(['true', 'sh -c "exit 4"', 'sleep 1', 'kill -9 1', 'kill 1'])}`],
  [2, (pick) => `docker exec -d ${pick(names)} sleep 5`],
  [
    3,
    (pick) =>
      `docker update ${pick(['-m 32m --memory-swap 64m', '--restart no', '--restart always', '--pids-limit 5', '--cpus 1'])} ${pick(names)}`,
  ],
  [2, (pick) => `docker rename ${pick(names)} ${pick(names)}`],
  [2, (pick) => `docker logs ${pick(names)}`],
  [2, (pick) => `docker top ${pick(names)}`],
  [
    1,
    (pick) =>
      `docker run -d --cidfile /tmp/cid busybox ${pick(programs)}; docker rm -f $(cat /tmp/cid); rm -f /tmp/cid`,
  ],
  [1, (pick) => `docker rm -f -v ${pick(names)}; docker volume ${pick(['prune -f', 'prune -af', 'rm data', 'ls'])}`],
  [1, (pick) => `docker commit ${pick(names)} saved >/dev/null; docker create --name ${pick(names)} saved true`],
  [1, () => 'docker rmi -f saved; docker tag busybox other; docker rmi other'],
  [1, (pick) => `docker events --since 1m --until 0s --filter container=${pick(names)} >/dev/null`],
  [
    1,
    (pick) =>
      `echo word | timeout 2 docker attach --sig-proxy=false ${pick(names)}; docker logs --since 1m ${pick(names)}`,
  ],
  [3, (pick) => `keys: docker ${pick(['attach', 'start -ai', 'logs -f'])} ${pick(names)}\\n`],
  [2, (pick) => `keys: docker run -it ${pick(['--rm', ''])} --name ${pick(names)} busybox sh\\n`],
  [2, (pick) => `keys: docker exec -it ${pick(names)} sh\\n`],
  [4, (pick) => `keys: ${pick(['exit\\n', 'sleep 3\\n', '\\x03', '\\x04', '\\x10\\x11', 'echo word\\n', '\\x1a'])}`],
  [1, () => 'hang up'],
  [2, () => 'docker ps -a'],
  [8, (pick) => `docker rm -f ${pick(['c1', 'c2'])}; docker run -d --name ${pick(['c1', 'c2'])} busybox sleep 1000`],
  [2, (pick) => `docker ${pick(['diff', 'export', 'stats --no-stream', 'port', 'inspect'])} ${pick(names)} >/dev/null`],
  [1, (pick) => `docker cp ${pick(names)}:/mark /tmp/mark; docker cp /etc/hostname ${pick(names)}:/tmp/name`],
  [1, (pick) => `docker commit ${pick(names)} saved >/dev/null; docker rmi -f saved >/dev/null`],
  [1, () => 'docker container prune -f >/dev/null'],
  [1, (pick) => `docker pull -q ${pick(['alpine', 'nginx', 'nosuchimage'])} & sleep ${pick(moments)}; docker images`],
  [1, (pick) => `docker rmi -f ${pick(['alpine', 'nginx'])}`],
  [1, (pick) => `timeout 2 docker ${pick(['logs -f', 'attach --no-stdin', 'stats'])} ${pick(names)} >/dev/null`],
  [
    3,
    (pick) =>
      `ctr -n moby tasks ${pick(['pause', 'resume', 'kill -s KILL', 'ps'])} $(docker inspect -f '{{.Id}}' ${pick(names)})`,
  ],
  [
    2,
    (pick) =>
      // Not `resume`: who thaws by hand what docker has paused leaves docker with its word.
      `runc --root /run/docker/runtime-runc/moby ${pick(['events --stats', 'kill', 'state', 'ps'])} $(docker inspect -f '{{.Id}}' ${pick(names)})`,
  ],
  [2, (pick) => `kill -${pick(signals)} $(docker inspect -f '{{.State.Pid}}' ${pick(names)})`],
  [
    1,
    (pick) => `pkill -STOP -n -x ${pick(victims)}; docker ps & sleep ${pick(moments)}; pkill -CONT -x ${pick(victims)}`,
  ],
  [1, (pick) => `${takeRuncAway}; docker start ${pick(names)}; mv /root/runc /usr/sbin/runc`],
  [
    1,
    (pick) => `fallocate -l $(df -k / | awk 'NR == 2 { print $4 }')KiB /fill; docker start ${pick(names)}; rm -f /fill`,
  ],
  [
    1,
    (pick) =>
      // Only what runs is frozen here, for the same reason.
      `cd /sys/fs/cgroup/system.slice/docker-$(docker inspect -f '{{.Id}}' ${pick(names)}).scope && ` +
      `grep -q 0 cgroup.freeze && { echo 1 > cgroup.freeze; sleep ${pick(moments)}; echo 0 > cgroup.freeze; }`,
  ],
  [
    1,
    (pick) =>
      `echo 1 > /sys/fs/cgroup/system.slice/docker-$(docker inspect -f '{{.Id}}' ${pick(names)}).scope/cgroup.kill`,
  ],
  [2, (pick) => `docker wait ${pick(names)} &`],
  // Somebody who stops reading: what is written meanwhile waits for him.
  [1, (pick) => `timeout 5 docker logs -f ${pick(names)} | sleep 4`],
  [1, () => 'docker events >/dev/null &'],
  [8, (pick) => `pkill -${pick(signals)} -n -x ${pick(victims)}`],
  [
    6,
    (pick) =>
      `docker ${pick(['start', 'stop -t 1', 'restart -t 1', 'rm -f', 'pause'])} ${pick(names)} & sleep ${pick(moments)}; pkill -9 -n -x ${pick(victims)}; wait`,
  ],
  [
    4,
    (pick) =>
      `docker run -d --name ${pick(names)} busybox sleep 1000 & sleep ${pick(moments)}; pkill -${pick(signals)} -n -x ${pick(victims)}`,
  ],
  [2, (pick) => `systemctl ${pick(['restart', 'stop', 'start', 'kill'])} ${pick(['docker', 'containerd'])}`],
  [1, (pick) => `echo '{"live-restore": ${pick(['true', 'false'])}}' > /etc/docker/daemon.json; pkill -HUP -x dockerd`],
  [
    1,
    (pick) =>
      `echo '{${pick(['"init": true', '"log-level": "debug"', '"shutdown-timeout": 2', ''])}}' > /etc/docker/daemon.json; systemctl reload docker`,
  ],
  [
    1,
    (pick) =>
      `systemctl ${pick(['restart', 'stop', 'start'])} docker.socket; systemctl ${pick(['daemon-reload', 'is-active docker', 'start docker'])}`,
  ],
  [1, (pick) => `apt-get install -y ${pick(['docker.io=27.5.1+dfsg4-1', 'containerd=1.7.28~ds1-1'])} >/dev/null`],
  [
    1,
    (pick) =>
      `echo '{"bytes-per-second": 400000, "round-trip-ms": 300}' > /etc/glassdock/registry.json; timeout ${pick(moments)} docker pull -q alpine; rm -f /etc/glassdock/registry.json`,
  ],
  [
    1,
    (pick) =>
      `${takeRuncAway}; printf '#!/bin/sh\\nexit 1\\n' > /usr/sbin/runc; chmod +x /usr/sbin/runc; docker ${pick(['start', 'stop -t 1', 'pause'])} ${pick(names)}; mv /root/runc /usr/sbin/runc`,
  ],
  [
    1,
    (pick) =>
      `mkdir -p /b/rootfs/bin; cd /b; cp /usr/bin/sleep rootfs/bin/; [ -e config.json ] || runc spec; ` +
      `sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"sleep", "1000"/' config.json; ` +
      `runc ${pick(['run -d', 'create'])} h1; runc ${pick(['pause', 'resume', 'start', 'kill'])} h1; runc delete -f h1`,
  ],
  [
    1,
    (pick) => `nsenter -t $(docker inspect -f '{{.State.Pid}}' ${pick(names)}) -a true; timeout 1 ctr -n moby events`,
  ],
  // Who speaks to dockerd without docker: well, badly, and not to the end.
  [
    3,
    (pick) =>
      `curl -s --unix-socket /run/docker.sock -X POST "http://localhost/containers/${pick(names)}/${pick(calls)}"`,
  ],
  [
    1,
    (pick) =>
      `curl -s --unix-socket /run/docker.sock -X DELETE "http://localhost/v1.41/containers/${pick(names)}?${pick(['', 'force=1', 'v=1&force=true', 'force=perhaps'])}"`,
  ],
  [
    1,
    (pick) =>
      `curl -s --unix-socket /run/docker.sock -H 'Content-Type: application/json' -d '${pick(bodies)}' "http://localhost/containers/create?name=${pick(names)}"; docker start ${pick(names)}`,
  ],
  [
    1,
    (pick) =>
      `timeout ${pick(moments)} curl -s --unix-socket /run/docker.sock ${pick(['-X POST http://localhost/containers/c1/wait', '-X POST http://localhost/containers/c2/stop', 'http://localhost/events', "'http://localhost/containers/c3/logs?follow=1&stdout=1'", 'http://localhost/containers/c4/stats', "-X POST 'http://localhost/containers/c1/attach?stream=1&stdout=1'"])} >/dev/null`,
  ],
  [
    1,
    (pick) =>
      `unshare ${pick(['-m', '-p -f', '-p -f --mount-proc', '-u', '-i', '-n', '-C', '-m -p -f'])} sh -c "${pick(['docker ps -q', 'ls /proc', 'sleep 2 & exit 1', 'kill -9 1', 'docker run --rm busybox true'])}"`,
  ],
  [
    1,
    (pick) =>
      `nsenter -t $(docker inspect -f '{{.State.Pid}}' ${pick(names)}) ${pick(['-p', '-m', '-n', '-a'])} ${pick(['sh -c "kill -9 1"', 'sleep 2', 'sh -c "sleep 3 & "'])}`,
  ],
  [1, (pick) => `keys: docker run -it --detach-keys ${pick(['ctrl-x', 'a,b'])} --name ${pick(names)} busybox sh\\n`],
  [1, (pick) => `keys: ${pick(['\\x18', 'ab', 'a', 'aab'])}`],
  [1, (pick) => `timeout 1 strace -f -p $(docker inspect -f '{{.State.Pid}}' ${pick(names)})`],
  [6, (pick) => `sleep ${pick(moments)}`],
];
const weights = makers.reduce((sum, [weight]) => sum + weight, 0);

/** One command, drawn from the generator. */
export function randomCommand(random: Random): string {
  const pick = (among: readonly string[]): string => among[random.next() % among.length] ?? '';
  let place = random.next() % weights;
  for (const [weight, make] of makers) {
    if (place < weight) return make(pick);
    place -= weight;
  }
  return 'true';
}
