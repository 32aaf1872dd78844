import { recorded, unrecorded, type Reason } from './reason.ts';
import { reasonsOfCommands } from './reasons-of-commands.en.ts';
import { reasonsOfFaults } from './reasons-of-faults.en.ts';
import type { StoryKey } from './story.en.ts';

const run = 'recording of docker run -d (Docker 26.1.5)';
const stop = 'recording of docker stop (Docker 26.1.5)';
const shimKill = 'recording of kill -9 of a shim (Docker 26.1.5)';
const dockerdKill = 'recording of kill -9 of dockerd (Docker 26.1.5)';
const meanwhile = 'recording of a container that ends while dockerd is away (Docker 26.1.5)';
const oom = 'recording of an OOM kill in a container (Docker 26.1.5)';
const zombies = 'recording of zombies with and without --init (Docker 26.1.5)';
const published = 'recording of requests to a published port (Docker 26.1.5)';
const healthCheck = 'recording of a health check (Docker 26.1.5)';
const execution = 'recording of docker exec (Docker 26.1.5)';

const initAdopted = recorded(
  'The kernel decides, by one rule: an orphan goes to the nearest living ancestor of the dead parent that has called prctl(PR_SET_CHILD_SUBREAPER), else to the init of its pid namespace. The shim had called it.',
  `prctl(2), PR_SET_CHILD_SUBREAPER; Linux: kernel/exit.c, find_new_reaper(); ${run}`,
);
const execAdopted = recorded(
  'The same rule as at the container’s birth: the nearest living child subreaper, the shim.',
  `prctl(2), PR_SET_CHILD_SUBREAPER; ${execution}`,
);

const endsInOrder = recorded(
  'Without live-restore a daemon that ends in order stops each container as docker stop would; with it, it leaves them alone.',
  'Docker documentation, live-restore; recording of a restart of docker.service (Docker 26.1.5)',
);

const pulled = unrecorded(
  'An image that is not in the store is asked for layer by layer, by digest.',
  'Docker Engine API, POST /images/create; no successful pull was recorded',
);

const reasons: Partial<Record<StoryKey, Reason>> = {
  'proxy.born': recorded(
    'A port is published twice over: by rules in the kernel for what comes from outside, and by docker-proxy, which also holds the port so that nobody else takes it.',
    `docker run, --publish; ${published}`,
  ),
  'proxy.born-ipv6': recorded(
    'Each address family has a socket of its own. Here the container has no IPv6 address: what comes over IPv6 goes on to it over IPv4.',
    `docker run, --publish; ${published}`,
  ),
  'net.asks-proxy': recorded(
    'The rule that Docker adds leaves out 127.0.0.0/8: on loopback a process has to pass the bytes on.',
    `iptables -t nat -S OUTPUT; ${published}`,
  ),
  'net.proxy-asks': recorded(
    'It is a second connection, and it comes from the address of docker0: 172.17.0.1 is what the container logs.',
    published,
  ),
  'net.translated': recorded(
    'The first packet of a connection goes through the nat table; what it becomes holds for the whole connection, and the container still sees who asked.',
    `iptables-extensions(8), DNAT; ${published}`,
  ),
  'client.begins': recorded(
    'A shell runs a program by fork(2) and execve(2); docker is a program like any other.',
    `fork(2), execve(2); ${run}`,
  ),
  'client.begins-below': recorded(
    'Whoever runs a program by fork(2) and execve(2) is its parent, and has to wait for it.',
    `fork(2), execve(2), wait4(2); ${run}`,
  ),
  'client.pings': recorded(
    'The answer tells the client which version of the API the daemon speaks.',
    `Docker Engine API, HEAD /_ping; ${run}`,
  ),
  'client.creates': recorded(
    'docker run is several requests, not one: create, wait, start.',
    `Docker Engine API, POST /containers/create; ${run}`,
  ),
  'client.waits': recorded(
    'Even with -d the client asks to be told of the end; the answer’s headers come at once, its body later.',
    `Docker Engine API, POST /containers/{id}/wait; ${run}`,
  ),
  'client.starts': recorded(
    'Creating writes a container down; only starting makes processes.',
    `Docker Engine API, POST /containers/{id}/start; ${run}`,
  ),
  'client.ends': recorded('The client started nothing itself, so nothing ends with it.', `exit_group(2); ${run}`),
  'client.reaped': recorded(
    'A zombie stays until its parent waits for it: the shell does so before it prompts again.',
    `wait4(2); ${run}`,
  ),
  'client.reaped-alone': recorded(
    'A zombie stays until its parent waits for it: the shell does so before it prompts again.',
    `wait4(2); ${run}`,
  ),
  'client.failed': recorded(
    'Who waits for a child is told its exit code; the shell keeps docker’s in $?.',
    `wait4(2); sh(1), “Special Parameters”; ${run}`,
  ),
  'client.reaped-outlived': recorded(
    'A container is no child of dockerd’s. It ends when a daemon stops it: the one that is told to end, or the next one that finds it, both only without live-restore. What a new daemon starts it chooses by the restart policies.',
    `Docker documentation, live-restore; ${dockerdKill}; recording of a restart of docker.service (Docker 26.1.5)`,
  ),
  'client.reaped-between': recorded('A zombie stays until its parent waits for it.', `wait4(2); ${run}`),
  'client.reaped-between-alone': recorded('A zombie stays until its parent waits for it.', `wait4(2); ${run}`),
  'dockerd.created': recorded(
    'A container is papers and a layer until it is started: config.v2.json, hostconfig.json, a directory for what it will write.',
    run,
  ),
  'dockerd.mounts': recorded(
    'With the overlay2 driver dockerd itself mounts the root file system; the request to containerd carries no mounts.',
    `mount(2), overlayfs; ${run}`,
  ),
  'dockerd.cable': recorded(
    'A veth device is a pair: what goes in at one end comes out at the other, even in another network namespace.',
    `veth(4), rtnetlink(7); ${run}`,
  ),
  'dockerd.hands-over': recorded(
    'dockerd writes the whole OCI specification; containerd keeps it and passes it on.',
    `containerd API, Containers/Create; ${run}`,
  ),
  'dockerd.asks-task': recorded(
    'A container at containerd is data; a task is its running side.',
    `containerd API, Tasks/Create; ${run}`,
  ),
  'dockerd.asks-start': recorded(
    'Creating and starting are two steps, so that everything can be prepared while the process still sleeps.',
    `containerd API, Tasks/Start; OCI runtime specification; ${run}`,
  ),
  'containerd.forks-helper': recorded(
    'containerd runs the shim’s program with “start”; that helper starts the real shim and goes.',
    run,
  ),
  'containerd.asks-create': recorded(
    'The shim serves ttrpc, a small relative of gRPC, on a socket that its helper opened.',
    `containerd-shim API, Task/Create; ${run}`,
  ),
  'shim.born': recorded(
    'The helper forks once more so that the shim is nobody’s to wait for: containerd may be restarted without it.',
    run,
  ),
  'shim.adopted': recorded(
    'When the helper exits, its child is an orphan. No living ancestor is a child subreaper, so it goes to the init of its pid namespace: systemd.',
    `wait(2), NOTES; Linux: kernel/exit.c, find_new_reaper(); ${run}`,
  ),
  'shim.subreaper': recorded(
    'A child subreaper does the work of init for its descendants: orphans below it become its children.',
    `prctl(2), PR_SET_CHILD_SUBREAPER; ${run}`,
  ),
  'shim.runs-create': recorded(
    'The shim does not make containers: it executes runc, which does it and exits.',
    `OCI runtime specification, create; ${run}`,
  ),
  'runc.forks-stage-0': recorded(
    'A Go program has many threads and cannot enter namespaces safely; runc init begins in C, as a process of its own.',
    `setns(2), “a multithreaded process”; ${run}`,
  ),
  'runc.cgroup': recorded(
    'With the systemd driver runc asks systemd over D-Bus for a scope; then everything in it is one unit.',
    `org.freedesktop.systemd1, StartTransientUnit; cgroups(7); ${run}`,
  ),
  'runc.unshares': recorded(
    'unshare(2) gives the caller namespaces of its own; a new pid namespace counts for its next child only.',
    `unshare(2), pid_namespaces(7); ${run}`,
  ),
  'runc.forks-init': recorded(
    'CLONE_PARENT makes the new process a child of runc create, not of the stage that called clone.',
    `clone(2), CLONE_PARENT; ${run}`,
  ),
  'runc.pivots': recorded(
    'pivot_root(2) exchanges the root file system of the mount namespace; the old one is unmounted.',
    `pivot_root(2); ${run}`,
  ),
  'runc.sleeps': recorded(
    'open(2) of a fifo for writing sleeps until somebody opens it for reading. “Created” is a process asleep in that call.',
    `fifo(7); OCI runtime specification, “created”; ${run}`,
  ),
  'init.adopted': initAdopted,
  'init.adopted-from-killed': initAdopted,
  'init.executes': recorded(
    'execve(2) replaces the program and keeps the process: pid, parent, namespaces and cgroup stay.',
    `execve(2), fifo(7); ${run}`,
  ),
  'init.becomes': unrecorded(
    'So ends an entrypoint that has prepared everything. A shell that stayed would be who docker stop sends SIGTERM to, and it would not pass it on.',
    'execve(2); Dockerfile reference, ENTRYPOINT',
  ),
  'init.prints': recorded(
    'Standard output is a pipe that the shim reads. It copies into a fifo that dockerd reads.',
    `pipe(7), fifo(7); ${run}`,
  ),
  'init.prints-on-terminal': recorded(
    'With -t the container has a pseudo-terminal. runc passes its master end to the shim over the console socket.',
    `pty(7); docker run -it`,
  ),
  'shim.runs-start': recorded(
    'runc start opens exec.fifo for reading and exits. It is never the parent of the container.',
    `OCI runtime specification, start; ${run}`,
  ),
  'shim.reaps': recorded(
    'Only the parent can wait for a process; as subreaper the shim is the parent of all that is left below it.',
    `wait4(2); ${run}`,
  ),
  'shim.runs-kill': recorded(
    'A signal to a container is a signal to its process 1, sent by runc kill.',
    `OCI runtime specification, kill; ${stop}`,
  ),
  'signal.discarded': recorded(
    'The first process of a pid namespace gets only signals it has a handler for; from outside, SIGKILL and SIGSTOP always reach it.',
    `pid_namespaces(7); ${stop}`,
  ),
  'signal.parent-died': recorded(
    'A child may ask for it before it becomes its program, by prctl(2): so do those that dockerd makes its docker-proxies, and those that the shim makes its runc.',
    'prctl(2), PR_SET_PDEATHSIG; Linux: kernel/exit.c, reparent_leader()',
  ),
  'client.stops': recorded(
    'dockerd sends the stop signal, waits for the grace period, and then sends SIGKILL. The timer is dockerd’s own.',
    `Docker Engine API, POST /containers/{id}/stop; ${stop}`,
  ),
  'init.killed': recorded(
    'When process 1 of a pid namespace ends, the kernel kills all others in it.',
    `pid_namespaces(7); ${stop}`,
  ),
  'init.exits': recorded(
    'It stays a zombie, with its exit code, until its parent has waited for it.',
    `wait(2); ${stop}`,
  ),
  'init.orphaned': recorded(
    'The rule is the same as at the container’s birth; but the subreaper is dead, and none is left above it.',
    `prctl(2), PR_SET_CHILD_SUBREAPER; ${shimKill}`,
  ),
  'shim.leaves': unrecorded(
    'A shim takes SIGTERM and SIGINT as an order to end, whatever becomes of its container: it removes its socket and exits with 0. containerd holds a connection to it and sees it close.',
    'containerd: runtime/v2/shim/shim.go, handleExitSignals(); asked of containerd 1.7.24',
  ),
  'shim.killed': recorded(
    'SIGKILL cannot be handled. containerd holds a connection to the shim and sees it close.',
    `signal(7); ${shimKill}`,
  ),
  'daemon.killed': recorded(
    'Killing a parent does not kill its children, and the containers are children of their shims anyway.',
    `signal(7); ${dockerdKill}`,
  ),
  'daemon.restarted': recorded(
    'The unit says Restart=always: systemd waits for RestartSec and starts it again. The socket has stayed open.',
    `systemd.service(5); ${dockerdKill}`,
  ),
  'dockerd.stops-found': recorded(
    'The new daemon logs “shutting down container considered alive by containerd”: SIGTERM, ten seconds, SIGKILL.',
    dockerdKill,
  ),
  'dockerd.takes-along': recorded(
    'All at the same time, each with its own grace period; only then does the daemon end.',
    'recording of systemctl stop docker (Docker 26.1.5)',
  ),
  'dockerd.leaves': recorded(
    'live-restore in daemon.json: the shims keep the containers, the fifos keep up to 64 KiB of what they write.',
    'recording of systemctl restart docker with live-restore (Docker 26.1.5)',
  ),
  'output.lost': recorded(
    'The shim closes the fifo when the container has ended; what lies in a fifo goes with its last end.',
    `fifo(7); ${meanwhile}`,
  ),
  'client.loses-line': recorded(
    'The answer to events, logs, attach and wait comes for as long as it lasts; a daemon that ends cuts it off.',
    dockerdKill,
  ),
  'shim.blocked': recorded(
    'A pipe holds 64 KiB; write(2) to a full one sleeps until there is room.',
    'pipe(7); recording of a writer while dockerd was away (Docker 20.10.24)',
  ),
  'writer.blocked': recorded(
    'The shim no longer empties the container’s pipe, since it sleeps itself.',
    'pipe(7); recording of a writer while dockerd was away (Docker 20.10.24)',
  ),
  'shim.tells-oom': recorded(
    'oom_kill in memory.events counts kills in the whole cgroup, the first process or another.',
    oom,
  ),
  'namespace.emptied': recorded(
    'No pid namespace lives without its process 1: the kernel sends SIGKILL to the others and waits for them.',
    'pid_namespaces(7); Linux: kernel/pid_namespace.c, zap_pid_ns_processes()',
  ),
  'member.zombie': recorded(
    'Whoever becomes an orphan in a pid namespace goes to its process 1, which many programs do not expect.',
    `wait(2), NOTES; ${zombies}`,
  ),
  'member.reaped': recorded('This one does wait for whatever becomes its child: that is what --init is for.', zombies),
  'dockerd.probes': recorded(
    'A probe is an exec. The interval counts from the end of the one before.',
    `Docker Engine API, HealthConfig; ${healthCheck}`,
  ),
  'kernel.oom': recorded(
    'memory.max is a hard limit. When nothing can be reclaimed, the kernel kills whoever in the cgroup has the most, weighed by oom_score_adj.',
    'Linux: Documentation/admin-guide/cgroup-v2.rst, memory.max; mm/oom_kill.c; recording of docker run -m (Docker 26.1.5)',
  ),
  'kernel.no-fork': recorded(
    'The pids controller counts processes and threads of a cgroup, zombies too.',
    'Linux: Documentation/admin-guide/cgroup-v2.rst, pids.max; recording of docker run --pids-limit (Docker 26.1.5)',
  ),
  'kernel.throttles': unrecorded(
    'cpu.max gives so many microseconds in each period to all processes of the cgroup together.',
    'Linux: Documentation/scheduler/sched-bwc.rst; docker run --cpus was not recorded',
  ),
  'dockerd.restarts': recorded(
    'The first wait is 100 ms; each further one is twice as long, up to a minute; ten seconds of life begin anew.',
    'moby: restartmanager; recording of restart policies (Docker 26.1.5)',
  ),
  'dockerd.healthy': recorded(
    'A health check is a docker exec that dockerd itself makes, in intervals; its exit code is the answer.',
    'Docker Engine API, Healthcheck; recording of health checks (Docker 26.1.5)',
  ),
  'dockerd.unhealthy': recorded(
    'Docker alone restarts nobody for being unhealthy; an orchestrator may.',
    'Docker Engine API, Healthcheck; recording of health checks (Docker 26.1.5)',
  ),
  'dockerd.stops-live-restore-off': endsInOrder,
  'dockerd.stops-live-restore-on': endsInOrder,
  'dockerd.adopts': recorded(
    'The shim and containerd have kept the task. What the container wrote waits in the fifo between shim and daemon.',
    'recordings of restarts with live-restore and of kill -9 of dockerd (Docker 26.1.5)',
  ),
  'dockerd.finds-ended': recorded(
    'The shim keeps the exit code until somebody asks for it; the fifo with the last output goes with its readers.',
    'recording of a container that ends while no daemon is there (Docker 26.1.5)',
  ),
  'shim.runs-delete': recorded(
    'The cgroup and runc’s state file go; the bundle goes later, with the shim.',
    `OCI runtime specification, delete; ${stop}`,
  ),
  'containerd.forks-cleaner': recorded(
    'The shim’s program is run once more, with “delete”, and calls runc delete --force again.',
    stop,
  ),
  'shim.runs-exec': recorded(
    'The shim runs runc exec; what it puts into the container becomes a child of the shim.',
    `OCI runtime specification; ${execution}`,
  ),
  'exec.adopted': execAdopted,
  'exec.adopted-from-killed': execAdopted,
  'exec.born': recorded(
    'The process that calls setns(2) for a pid namespace stays outside; only its children are inside.',
    `setns(2), pid_namespaces(7); ${execution}`,
  ),
  'client.pulls': pulled,
  'client.pulls-asked': pulled,
  'client.lists': recorded(
    'dockerd hears of each start and each end from containerd and writes it down; docker ps reads that.',
    'Docker Engine API, GET /containers/json',
  ),
  'client.attaches': recorded(
    'The connection is hijacked: after the answer it is a plain stream of bytes in both directions.',
    `Docker Engine API, POST /containers/{id}/attach; recording of docker run -it (Docker 26.1.5)`,
  ),
  'client.passes-on': recorded(
    'Your terminal is in raw mode: docker reads each key as it is. The container has a terminal of its own, and its driver echoes what you see.',
    `pty(7), termios(3); recording of docker run -it (Docker 26.1.5)`,
  ),
  'shim.tells-exit': recorded(
    'The end is an event, not an answer: nobody has to have asked. containerd publishes it, dockerd has subscribed.',
    `containerd API, Events/Forward, Events/Subscribe; ${stop}`,
  ),
  'exec.executes': recorded(
    'It has the namespaces and the cgroup of the container, but no fifo: nobody has to start it a second time.',
    execution,
  ),
  'dockerd.exited': recorded(
    'The code is what the process gave to exit(2), or 128 and the number of the signal that killed it.',
    `wait(2); recording of exit codes (Docker 26.1.5)`,
  ),
};

export function reasonFor(key: StoryKey): Reason | undefined {
  return reasons[key] ?? reasonsOfCommands[key] ?? reasonsOfFaults[key];
}
