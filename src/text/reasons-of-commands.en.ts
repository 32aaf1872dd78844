import { recorded, unrecorded, type Reason } from './reason.ts';
import type { StoryKey } from './story.en.ts';

const commands = 'recording of docker rename, update, diff, commit and others (Docker 26.1.5)';
const images = 'recording of docker images and rmi (Docker 26.1.5)';
const run = 'recording of docker run -d (Docker 26.1.5)';
const stop = 'recording of docker stop (Docker 26.1.5)';
const pause = 'recording of docker pause (Docker 26.1.5)';
const execution = 'recording of docker exec (Docker 26.1.5)';
const attaching = 'recording of docker attach and its detach keys (Docker 26.1.5)';
const errors = 'recording of commands that fail (Docker 26.1.5)';
const policies = 'recording of restart policies (Docker 26.1.5)';
const publishing = 'recording of requests to a published port (Docker 26.1.5)';
const restarts = 'recordings of restarts and of kill -9 of dockerd (Docker 26.1.5)';

const foreground = recorded(
  'Ctrl-C is SIGINT for the foreground process group, which is docker’s. A client that has a container to look after handles it and passes it on; one that only watches just ends.',
  `termios(3), VINTR; docker attach, --sig-proxy; ${attaching}`,
);
const stream = recorded(
  'The answer’s headers come at once. Its body is a stream that dockerd writes to whenever there is something to tell.',
  `Docker Engine API, GET /events; ${run}`,
);
const measured = recorded(
  'Nothing is measured in the container: the kernel counts for each cgroup, and dockerd has containerd read the counters.',
  `Docker Engine API, GET /containers/{id}/stats; Linux: Documentation/admin-guide/cgroup-v2.rst, cpu.stat, memory.current; ${commands}`,
);
const read = recorded(
  'dockerd knows it by itself: containerd, the shim and the container are not asked.',
  `Docker Engine API, GET /containers/{id}/json; ${commands}`,
);
const archive = unrecorded(
  'The files of a container are layers on the host’s disk. dockerd reads and writes them there, as one archive, whether the container runs or not.',
  'Docker Engine API, /containers/{id}/archive, /containers/{id}/export',
);
const toContainerd = recorded(
  'dockerd has no hands of its own: whatever is to happen to processes it asks of containerd, over gRPC.',
  `containerd API, Tasks; ${stop}`,
);
const reapedBefore = recorded(
  'Who has reaped its children goes on. dash then reads the next line: what it shows before is PS1.',
  `sh(1), PS1; ${run}`,
);
const execEnds = recorded(
  'It is one more process in the container, not its first: its end is told apart, with the id of the exec, and the container goes on.',
  `containerd API, TaskExit; ${execution}`,
);
const asBefore = recorded(
  'Each container has a shim of its own, and each runc runs for one step only: the same steps once more, by other processes.',
  `OCI runtime specification; recording of twenty containers (Docker 20.10.24)`,
);

const givenUp = recorded(
  'on-failure:N counts the tries: after N of them dockerd leaves the container as it is. docker start begins anew.',
  `moby: restartmanager; ${policies}`,
);
const unproxied = recorded(
  'Connections from other machines go by the DNAT rule, which needs no process; what used the proxy gets “connection refused”.',
  publishing,
);
const woken = recorded(
  'A sleeping write(2) wakes when there is room in the pipe.',
  'pipe(7); recording of a writer while dockerd was away (Docker 20.10.24)',
);
/** Why commands do as they do, and why lines close as they do. */
export const reasonsOfCommands: Partial<Record<StoryKey, Reason>> = {
  'boot.systemd': unrecorded(
    'The kernel starts one program itself. All other processes descend from it, and orphans come back to it.',
    'init(1); boot(7)',
  ),
  'boot.containerd': unrecorded(
    'containerd is a service of its own: it serves dockerd, and can do without it. docker.service says After= and Wants=containerd.service.',
    'systemd.unit(5), After=, Wants=',
  ),
  'boot.dockerd': unrecorded(
    'dockerd makes no container itself. It is where the API, images, networks and policies are.',
    'Docker Engine API; systemd.service(5)',
  ),
  'boot.shell': unrecorded('A shell is a process that reads lines and starts programs.', 'sh(1)'),
  'client.asks': recorded('docker turns each command into requests over HTTP: you could send them by curl.', errors),
  'client.asks-containerd': unrecorded(
    'Whoever may open containerd’s socket can speak with it. dockerd learns of it only by the events that it has subscribed to.',
    'containerd API; ctr(8)',
  ),
  'client.creates-unnamed': unrecorded(
    'Without --name the daemon chooses two words. The id is what counts: a name may change.',
    'Docker Engine API, POST /containers/create',
  ),
  'client.creates-nothing': recorded(
    'dockerd looks for the image and for mistakes in the request first; only then a container gets its id.',
    `Docker Engine API, POST /containers/create; ${errors}`,
  ),
  'client.freezes': recorded(
    'A pause is no signal: it is a number in a file of the cgroup, and holds for all processes in it at once.',
    `Docker Engine API, POST /containers/{id}/pause; ${pause}`,
  ),
  'client.thaws': recorded(
    'A zero in the same file, cgroup.freeze: each process goes on with its next instruction.',
    `Docker Engine API, POST /containers/{id}/unpause; ${pause}`,
  ),
  'client.restarts': unrecorded(
    'The container stays: its id, its files, its papers. Its shim and its processes are others afterwards.',
    'Docker Engine API, POST /containers/{id}/restart',
  ),
  'client.renames': recorded(
    'A name is a line in dockerd’s papers. containerd, the shim and runc know the container by its id alone.',
    `Docker Engine API, POST /containers/{id}/rename; ${commands}`,
  ),
  'client.updates': recorded(
    'Limits are files of the cgroup: runc update writes new numbers, and the kernel goes by them from then on. A restart policy is dockerd’s own affair.',
    `Docker Engine API, POST /containers/{id}/update; ${commands}`,
  ),
  'client.commits': recorded(
    'What a container has written is its topmost layer. A copy of that, and the layers below, are an image.',
    `Docker Engine API, POST /commit; ${commands}`,
  ),
  'client.compares': recorded(
    'What a container has changed lies in one directory, the upper one of its overlay: dockerd looks there.',
    `Docker Engine API, GET /containers/{id}/changes; ${commands}`,
  ),
  'client.exports': archive,
  'client.copies-out': archive,
  'client.copies-in': archive,
  'client.lists-on': measured,
  'client.measures': measured,
  'client.measures-on': measured,
  'client.lists-images': recorded(
    'Images are layers and papers in dockerd’s store: there is nothing to run, and nobody else to ask.',
    `Docker Engine API, GET /images/json; ${images}`,
  ),
  'client.lists-processes': recorded(
    'dockerd asks containerd for the pids in the cgroup and runs the host’s ps: for the host they are processes like others.',
    `Docker Engine API, GET /containers/{id}/top; ${commands}`,
  ),
  'client.inspects': read,
  'client.reads-log': recorded(
    'dockerd has written each line into a file, as JSON, as it came from the shim: it reads them there.',
    `Docker Engine API, GET /containers/{id}/logs; ${run}`,
  ),
  'client.follows': stream,
  'client.follows-on': stream,
  'client.follows-log': foreground,
  'client.attaches-proxied': foreground,
  'client.attaches-apart': foreground,
  'client.attaches-terminal': recorded(
    'docker sets your terminal to raw mode: Ctrl-C is then a byte like others, and goes inside. The detach keys are docker’s alone.',
    `termios(3), cfmakeraw; docker attach, --detach-keys; ${attaching}`,
  ),
  'client.kills': recorded(
    'kill gives no time to end in, and does not ask: what the signal does is the process’s choice, or the kernel’s.',
    `Docker Engine API, POST /containers/{id}/kill; recording of docker kill with several signals (Docker 26.1.5)`,
  ),
  'client.removes': recorded(
    'A container that runs is not removed, but with --force: that kills it first.',
    `Docker Engine API, DELETE /containers/{id}; recording of docker rm -f (Docker 26.1.5)`,
  ),
  'client.removes-image': recorded(
    'A name goes first. Layers go only with the last image and the last container that need them.',
    `Docker Engine API, DELETE /images/{name}; ${images}`,
  ),
  'client.executes': recorded(
    'An exec is two requests, as a container is: one writes it down, one starts it.',
    `Docker Engine API, POST /containers/{id}/exec; ${execution}`,
  ),
  'client.runs-exec': recorded(
    'The answer to this request becomes the stream that the process’s input and output go through.',
    `Docker Engine API, POST /exec/{id}/start; ${execution}`,
  ),
  'client.waits-for-stopped': unrecorded(
    'The kernel takes connections for a socket that is listened to, whether its owner runs or not: they wait in its queue.',
    'listen(2), backlog; signal(7), SIGSTOP',
  ),
  'client.failed-beside': recorded(
    'docker ends with the exit code of the process that it was to run, or of what failed. The container’s own end is another matter.',
    `docker exec, exit status; ${execution}`,
  ),
  'client.failed-alone': recorded(
    'Words and flags are docker’s own to understand: what it does not know never leaves it.',
    errors,
  ),
  'shell.prompts': reapedBefore,
  'shell.alone': unrecorded(
    'cd, read, kill, test and some more are done by the shell itself: another process could not change its directory or its variables. A command that is not found is no process either.',
    'sh(1), “Builtins”',
  ),
  'left.created': recorded(
    'A container is papers and a layer until it is started. docker start tries again; docker rm takes them away.',
    `OCI runtime specification, “created”; Docker Engine API, POST /containers/{id}/start; ${errors}`,
  ),
  'left.given-up': givenUp,
  'dockerd.gives-up': givenUp,
  'left.down': unrecorded(
    'Restart=always is for a process that ends or is killed. Who says systemctl stop means it; and a unit that is started too often in a short time counts as failed.',
    'systemd.service(5), Restart=; systemd.unit(5), StartLimitBurst=',
  ),
  'registry.asked': unrecorded(
    'The daemon pulls, not the client: the layers go straight where they are needed.',
    'Docker Engine API, POST /images/create; no successful pull was recorded',
  ),
  'host.begins': recorded(
    'A shell runs a program by fork(2) and execve(2): docker and ls alike.',
    `fork(2), execve(2); ${run}`,
  ),
  'dockerd.moves-cable': recorded(
    'runc runs a hook between namespaces and program: dockerd’s own program, which tells dockerd the container’s network namespace.',
    `OCI runtime specification, prestart hooks; ${run}`,
  ),
  'dockerd.running': recorded('docker ps and inspect show what dockerd has written down.', run),
  'dockerd.removed': recorded('Its directory and its layer are deleted; its id is never used again.', stop),
  'dockerd.asks-kill': toContainerd,
  'dockerd.asks-exec': toContainerd,
  'dockerd.asks-delete': recorded(
    'A task that has ended is kept until somebody asks for its exit code: then it can go.',
    `containerd API, Tasks/Delete; ${stop}`,
  ),
  'containerd.asks-start': recorded(
    'containerd passes on to the shim: of each container the shim alone knows the processes.',
    `containerd-shim API, Task/Start; ${run}`,
  ),
  'proxy.killed': unproxied,
  'proxy.killed-ipv6': unproxied,
  'net.asks': recorded(
    'A bridge is a switch in the kernel: the packets go through the cable into the container.',
    `veth(4); ${publishing}`,
  ),
  'net.answers': recorded('The answer takes the same way back: the kernel remembers each connection.', publishing),
  'shim.runs': recorded(
    'The shim knows the container’s processes; runc knows how to speak with the kernel. One call, one runc, which then exits.',
    `OCI runtime specification; ${stop}`,
  ),
  'shim.runs-delete-again': recorded(
    'Nobody knows whether a shim that is gone has cleared away everything: so it is done once more, whatever is left.',
    stop,
  ),
  'shim.runs-delete-instead': recorded(
    'With its shim gone nobody looks after the container: what still lives in its cgroup is killed.',
    'recording of kill -9 of a shim (Docker 26.1.5)',
  ),
  'shim.ends': recorded(
    'A shim serves one container. With its task deleted, containerd asks it to shut down.',
    `containerd-shim API, Task/Shutdown; ${stop}`,
  ),
  'shim.tells-exec-exit': execEnds,
  'shim.goes-on': woken,
  'writer.goes-on': woken,
  'runc.confines': recorded(
    'Fewer capabilities, a filter on system calls: the last steps before the program, since runc needed what it now gives away.',
    `capabilities(7), seccomp(2); ${run}`,
  ),
  'runc.thaws': recorded(
    'cgroup.freeze is 0 again. Time has gone on meanwhile; the processes only see that it has.',
    `Linux: Documentation/admin-guide/cgroup-v2.rst, cgroup.freeze; ${pause}`,
  ),
  'init.reaped-by-its-own': recorded('Its parent is still there: nobody else may wait for it.', `wait4(2); ${stop}`),
  'init.reaped': recorded(
    'process 1 of the host waits for whatever becomes its child. Who wanted the exit code is gone.',
    'wait(2), NOTES; recording of kill -9 of a shim (Docker 26.1.5)',
  ),
  'init.prints-by-hand': recorded(
    'runc leaves to the container the standard output that it has itself. Keeping logs is the work of those above runc.',
    'runc-run(8); recording of runc by hand (runc 1.1.15)',
  ),
  'exec.killed': execEnds,
  'exec.exits': execEnds,
  'again.birth': asBefore,
  'again.end': asBefore,
  'again.exec': asBefore,
  'kernel.out-of-memory': unrecorded(
    'A container without a limit can use up the host. The killer then chooses among all processes, not in one cgroup.',
    'Linux: mm/oom_kill.c, oom_badness()',
  ),
  'dockerd.stops': recorded(
    'SIGTERM is what systemctl stop sends. A daemon that handles it can put its things in order.',
    restarts,
  ),
  'task.goes-on': unrecorded(
    'SIGCONT. It takes up its next instruction; what others have sent meanwhile is waiting.',
    'signal(7), SIGCONT',
  ),
  'terminal.hangs-up': unrecorded(
    'When the last master end of a terminal is closed, its session leader gets SIGHUP; then, by default, it ends.',
    'termios(3); Linux: drivers/tty/tty_io.c, __tty_hangup()',
  ),
  'terminal.ended': unrecorded(
    'What a signal without a handler does is its default; SIGHUP’s is to terminate. exec keeps the pid and the terminal, so whatever the shell has become is meant.',
    'signal(7), “Standard signals”; execve(2)',
  ),
  'shell.becomes': unrecorded(
    'exec asks for execve(2) without the fork(2) that comes before it else: the new program is in the shell’s place, and with its end the terminal is deserted.',
    'sh(1), exec; execve(2)',
  ),
  'unit.reload-sent': unrecorded(
    'A unit’s file says how it is reloaded; docker.service says: by SIGHUP, which dockerd takes as “read your configuration again”.',
    'systemd.service(5), ExecReload=',
  ),
  'hand.unshares': unrecorded(
    'A container is no thing of the kernel’s: it is a process whose namespaces are not its parent’s, and whose cgroup has limits. Whoever may, makes such a process without Docker.',
    'unshare(1), unshare(2), namespaces(7)',
  ),
  'hand.first': unrecorded(
    'A new pid namespace is for the caller’s children only. The first of them is its init: when it ends, the kernel kills all others in it.',
    'unshare(1), --fork; pid_namespaces(7)',
  ),
  'hand.enters': unrecorded(
    'A namespace is entered through a file of /proc/PID/ns. For a pid namespace it is the next child that is inside.',
    'nsenter(1), setns(2), namespaces(7)',
  ),
  'hand.enters-container': unrecorded(
    'A namespace is entered through a file of /proc/PID/ns: whose that is, the kernel does not ask. docker exec does the same by way of runc, and joins the cgroup besides.',
    'nsenter(1), setns(2), namespaces(7)',
  ),
  'hand.pivots': unrecorded(
    'The new root has to be a mount of its own, and the old one can be unmounted afterwards: then nothing of the host is in sight. chroot(2) leaves a way out.',
    'pivot_root(8), pivot_root(2)',
  ),
};
