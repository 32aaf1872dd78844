import { unrecorded, recorded, type Reason } from './reason.ts';
import type { StoryKey } from './story.en.ts';

const containerdKill = 'recording of kill -9 of containerd (Docker 26.1.5)';
const dockerdKill = 'recording of kill -9 of dockerd (Docker 26.1.5)';
const liveRestore = 'recordings of restarts of docker.service with and without live-restore (Docker 26.1.5)';
const pause = 'recording of docker pause (Docker 26.1.5)';
const signals = 'recording of docker kill with several signals (Docker 26.1.5)';
const errors = 'recording of commands that fail (Docker 26.1.5)';

const outOfMemory = recorded(
  'memory.max of the cgroup is a hard limit: who asks for more, when nothing can be taken back, has the kernel kill. Exit code 137 is 128 and 9, SIGKILL; that memory was the reason, docker inspect says, as OOMKilled.',
  'Linux: Documentation/admin-guide/cgroup-v2.rst, memory.max; recording of docker run -m (Docker 26.1.5)',
);
const counted = recorded(
  'The pids controller counts zombies too: the number of a process is free only when its parent has waited for it. A sleep that is process 1 waits for nobody, so they stay for as long as the container does; docker run --init puts a process 1 there that waits.',
  'Linux: Documentation/admin-guide/cgroup-v2.rst, pids.max; recording of docker run --pids-limit (Docker 26.1.5)',
);
const interrupted = recorded(
  'A program that handles no SIGINT is ended by it anywhere but as process 1 of a pid namespace. SIGKILL from outside always reaches it: docker kill sends that. docker run --init puts a process 1 there that handles SIGINT and passes it on.',
  `pid_namespaces(7); ${signals}`,
);
const lost = recorded(
  'The exit code of a process is known to its parent alone, by wait4(2). The parent was the shim: with it gone, containerd has what is left killed, by runc delete --force, and takes 137 for granted, which is 128 and 9, SIGKILL. Where the clean-up fails too, 255 stands for a code that nobody knows.',
  'wait4(2); containerd: cmd/containerd-shim-runc-v2, manager, Stop(); recordings of kill -9 of a shim (Docker 20.10.24 and 26.1.5)',
);
const untold = unrecorded(
  'dockerd learns of an end by an event alone. When containerd knows nothing of the container any more, dockerd waits for ten seconds after a signal that could not be sent, and then takes the end for granted, and a code of 0.',
  'moby: daemon/kill.go, killWithSignal(); containerd: UnknownExitStatus',
);
const earlier = unrecorded(
  'The event of an end names the process, but dockerd looks at the container’s name alone. It reads the events of a container one after the other: that of the new start comes next, finds a container that counts as ended, and makes it run again.',
  'moby: daemon/monitor.go, ProcessEvent(), SetRunningExternal()',
);
const restarted = recorded(
  'dockerd waits 100 ms, each further time twice as long, up to a minute. RestartCount of docker inspect is how often it has done so; docker stop ends it.',
  'moby: restartmanager; recording of restart policies (Docker 26.1.5)',
);

const paused = recorded(
  'Both units say Restart=always: containerd’s pause is 5 seconds, docker’s 2. A unit that somebody stops with systemctl is not started again.',
  `systemd.service(5), Restart=, RestartSec=; ${containerdKill}`,
);

/** Why what goes wrong goes on as it does: daemons that end and come back, signals, limits, refusals. */
export const reasonsOfFaults: Partial<Record<StoryKey, Reason>> = {
  'systemd.waits': paused,
  'left.awaited': paused,
  'client.waits-for-dockerd': unrecorded(
    'docker.sock is opened by systemd (docker.socket) and handed to each dockerd: it is there while none runs, and who connects waits in its queue.',
    'systemd.socket(5), Accept=, Backlog=',
  ),
  'systemd.gives-up': unrecorded(
    'docker.service may be started three times within a minute. After that it counts as failed, until somebody says systemctl reset-failed docker.',
    'systemd.unit(5), StartLimitBurst=, StartLimitIntervalSec=',
  ),
  'daemon.exits': recorded(
    'A process that ends takes no other along, but for those that asked for it. Each container is its shim’s child, each shim systemd’s.',
    liveRestore,
  ),
  'daemon.restarted': recorded(
    'A daemon has to be made such that it can end at any moment: what it knows is on the disk, and the rest it asks others for.',
    `systemd.service(5); ${dockerdKill}`,
  ),
  'containerd.finds-shim': recorded(
    'Each shim has left the address of its socket in the bundle, and serves whoever connects. While no containerd is there, it keeps what it has to tell.',
    `containerd-shim API, Task/State, Task/Connect; ${containerdKill}`,
  ),
  'dockerd.restores': recorded(
    'config.v2.json of each container says whether it ran. containerd knows whether it still does.',
    `containerd API, Tasks/Get; ${liveRestore}`,
  ),
  'dockerd.rereads-live-restore-on': recorded(
    'SIGHUP makes dockerd read daemon.json again. live-restore is one of the few settings that need no restart.',
    `Docker documentation, live-restore; ${liveRestore}`,
  ),
  'dockerd.rereads-live-restore-off': recorded(
    'SIGHUP makes dockerd read daemon.json again. live-restore counts at the moment when the daemon ends, and again when the next one begins.',
    `Docker documentation, live-restore; ${liveRestore}`,
  ),
  'dockerd.starts-again': recorded(
    'The container, its name and its files are the same; task, shim, network and processes are new.',
    'moby: restartmanager; recording of restart policies (Docker 26.1.5)',
  ),
  'shim.fails': recorded(
    'runc writes why it failed into its log; the shim reads it there, and each above it passes the sentence on.',
    errors,
  ),
  'client.refused': recorded(
    'Each layer puts its own words before those of the one below: the last part is the cause.',
    errors,
  ),
  'kernel.no-room': unrecorded(
    'Images, layers, logs and the papers of dockerd lie on one disk, each tmpfs has a room of its own. What is there can still be read and run; whoever writes is told ENOSPC, and what he makes of it is his affair.',
    'write(2), fallocate(2), ENOSPC; tmpfs(5)',
  ),
  'host.reserved': unrecorded(
    'fallocate(2) has the file system set blocks aside for a file. They are gone for everybody else at once.',
    'fallocate(2)',
  ),
  'host.room-again': unrecorded(
    'Blocks are free when the last name of a file is gone, and nobody has it open any more.',
    'unlink(2)',
  ),
  'host.runc-gone': unrecorded(
    'runc is run for a moment each: to create, start, kill, exec and delete. In between a container needs its shim alone.',
    'execve(2), ENOENT; asked of a Docker 26.1.5 whose runc was moved away',
  ),
  'host.runc-back': unrecorded(
    'A shim looks runc up each time anew, in its $PATH: nothing has to be started again.',
    'asked of a Docker 26.1.5 whose runc was moved away and back',
  ),
  'host.runc-replaced': unrecorded(
    'To a shim runc is a file in its $PATH: what it tells containerd is what the program there prints, logs and exits with.',
    'asked of a Docker 26.1.5 with a runc that does nothing but exit with 1',
  ),
  'host.line-set': unrecorded(
    'There is no real registry behind this page. /etc/glassdock/registry.json says how many bytes a second its line carries, and how long an answer takes.',
    'Glassdock’s own: MODEL.md',
  ),
  'host.line-usual': unrecorded(
    'Without /etc/glassdock/registry.json the line to the registry is a usual one.',
    'Glassdock’s own: MODEL.md',
  ),
  'client.finds-nobody': recorded(
    'docker can do nothing by itself: without a daemon at the other end of /var/run/docker.sock it has nobody to ask.',
    errors,
  ),
  'signal.sent': recorded(
    'kill(2) leaves a mark with the receiver. What follows is the receiver’s choice, but for SIGKILL and SIGSTOP, which no process can refuse.',
    `kill(2), signal(7); ${signals}`,
  ),
  'signal.waits-for-cont': unrecorded(
    'A stopped process runs no instruction, so it cannot handle a signal either. Only SIGKILL and SIGCONT act at once.',
    'signal(7), SIGSTOP, SIGCONT',
  ),
  'signal.waits-for-thaw': recorded(
    'A frozen process runs no instruction, so it cannot handle a signal either. On cgroup v2 SIGKILL acts all the same.',
    'Linux: Documentation/admin-guide/cgroup-v2.rst, cgroup.freeze; recording of kill while paused (Docker 26.1.5)',
  ),
  'terminal.signals': recorded(
    'The driver of the terminal looks at each key; those that termios names it turns into a signal for the foreground process group. docker run -it switches that off on your side, so the key goes inside.',
    'termios(3), ISIG, VINTR; recording of docker run -it (Docker 26.1.5)',
  ),
  'task.stands-still': unrecorded(
    'SIGSTOP can neither be handled nor ignored. Its sockets stay open: others can send, and get no answer.',
    'signal(7), SIGSTOP',
  ),
  'runc.freezes': recorded(
    'The kernel takes all processes of a cgroup from the processors at once. They cannot notice it, as they could a signal.',
    `Linux: Documentation/admin-guide/cgroup-v2.rst, cgroup.freeze; ${pause}`,
  ),
  'limit.memory': recorded(
    'A limit is a number in a file of the cgroup; the kernel looks at it whenever a process in it asks for memory.',
    'Linux: Documentation/admin-guide/cgroup-v2.rst, memory.max; recording of docker run -m (Docker 26.1.5)',
  ),
  'limit.pids': recorded(
    'A limit is a number in a file of the cgroup; the kernel looks at it at each fork(2).',
    'Linux: Documentation/admin-guide/cgroup-v2.rst, pids.max; recording of docker run --pids-limit (Docker 26.1.5)',
  ),
  'limit.cpu': unrecorded(
    'A limit is a number in a file of the cgroup; the scheduler counts the time that its processes run.',
    'Linux: Documentation/admin-guide/cgroup-v2.rst, cpu.max',
  ),
  'member.killed': recorded(
    'Only the end of process 1 is the end of the container: Docker watches that one alone.',
    'recording of an OOM kill of a child (Docker 26.1.5)',
  ),
  'orphan.adopted': recorded(
    'The nearest living ancestor that is a child subreaper takes an orphan; where there is none, process 1 of its pid namespace.',
    'prctl(2), PR_SET_CHILD_SUBREAPER; Linux: kernel/exit.c, find_new_reaper()',
  ),
  'left.oom': outOfMemory,
  'left.oom-inside': recorded(
    'The OOM killer chooses a process, not a container. Only when it was process 1 the container is over.',
    'Linux: mm/oom_kill.c; recording of an OOM kill of a child (Docker 26.1.5)',
  ),
  'dockerd.exited-oom': outOfMemory,
  'left.lost': lost,
  'dockerd.exited-lost': lost,
  'dockerd.exited-untold': untold,
  'dockerd.exited-alive': untold,
  'dockerd.exited-earlier': earlier,
  'left.restarting': restarted,
  'left.restarted': restarted,
  'left.restarting-oom': restarted,
  'left.unhealthy': recorded(
    'The first process is untouched by what its probes say. Docker alone restarts nobody for being unhealthy; an orchestrator may.',
    'Docker Engine API, Healthcheck; recording of health checks (Docker 26.1.5)',
  ),
  'member.zombie-counted': counted,
  'member.zombie-for-good': counted,
  'signal.discarded-in-foreground': interrupted,
  'signal.discarded-on-terminal': interrupted,
  'left.crowded': counted,
  'left.frozen': recorded(
    'cgroup.freeze is 1: its processes are there, with all their memory, but the kernel runs none of them. docker unpause writes 0.',
    `Linux: Documentation/admin-guide/cgroup-v2.rst, cgroup.freeze; ${pause}`,
  ),
  'left.removed': recorded(
    'What a container was is a directory of dockerd’s and a layer of files: both are gone. Its image and its named volumes stay.',
    'docker rm(1); recording of docker stop (Docker 26.1.5)',
  ),
  'left.ended': recorded(
    'The code is what its first process gave to exit(2), or 128 and the number of the signal that killed it. Its files and its log are there until docker rm.',
    'wait(2); recording of exit codes (Docker 26.1.5)',
  ),
  'left.ended-before-dockerd': recorded(
    'Without live-restore a dockerd that gets SIGTERM stops all its containers, as docker stop would: SIGTERM, then, after ten seconds, SIGKILL.',
    'Docker documentation, live-restore; recording of a restart of docker.service (Docker 26.1.5)',
  ),
  'left.up': recorded(
    'What a line starts with -d is no child of its shell: the container’s parent is its shim, and it runs until it ends or is stopped.',
    'recording of docker run -d (Docker 26.1.5)',
  ),
};
