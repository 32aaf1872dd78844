import { requests } from './requests.en.ts';

/** What happens, one sentence a beat: who does what, and why. Read by people who see a container for the first time. */
export const story = {
  ...requests,
  'boot.systemd': 'The machine has booted: systemd, process 1, starts everything else.',
  'boot.containerd': 'systemd starts containerd, the daemon that keeps containers running.',
  'boot.dockerd': 'systemd starts dockerd, the daemon that docker commands talk to.',
  'boot.shell': 'A shell waits for what you type.',

  'client.begins': 'You press Enter: the shell forks, and its child becomes docker, a client that only asks.',
  shell: 'The shell',
  'client.begins-below': '{parent} forks, and its child becomes docker, a client that only asks.',
  'client.pings': 'docker asks dockerd, through a socket, whether it is there.',
  'client.ends': 'docker exits with code {code}; its work was done by others.',
  'client.reaped': 'The shell reaps {who} and shows its prompt again. {container} lives on without it.',
  'client.reaped-alone': 'The shell reaps {who} and shows its prompt again.',
  'client.reaped-outlived': '{fates} The shell shows its prompt again.',
  'client.failed': '{who} ended with exit code {code}: the shell reaps it and shows its prompt again.',
  'client.failed-beside':
    '{who} ended with exit code {code}: the shell reaps it and shows its prompt again. {container} lives on.',
  'shell.prompts': 'The shell shows its prompt again.',
  'shell.alone': 'The shell needs no other process for that line: it shows its prompt again.',
  'shell.becomes': 'The shell itself becomes {program}: same process, same pid. No shell waits for its end.',
  'client.failed-alone':
    'docker has asked dockerd for nothing. It says why in the terminal, and ended with exit code {code}: the shell reaps it and shows its prompt again.',
  'left.oom': {
    one: '{containers} has ended: it was at its memory limit, and the kernel’s OOM killer struck. {usual}',
    other:
      '{count} containers have ended: they were at their memory limits, and the kernel’s OOM killer struck. {usual}',
  },
  'left.oom-inside': {
    one: '{containers} lives on, but at its memory limit the kernel’s OOM killer struck in it. {usual}',
    other: '{count} containers live on, but at their memory limits the kernel’s OOM killer struck in them. {usual}',
  },
  'left.lost': {
    one: '{containers} has ended after its shim was gone: of its exit code, {code}, nobody can be sure. {usual}',
    other: '{count} containers have ended after their shims were gone: of their exit codes nobody can be sure. {usual}',
  },
  'left.restarting': {
    one: '{containers} has ended, and its restart policy wants it back: its RestartCount is {restarts}. {usual}',
    other: '{count} containers have ended, and their restart policies want them back. {usual}',
  },
  'left.restarted': {
    one: '{containers} has ended, and its restart policy has started it again: its RestartCount is {restarts}. {usual}',
    other: '{count} containers have ended, and their restart policies have started them again. {usual}',
  },
  'left.restarting-oom': {
    one: '{containers} was killed for memory, and its restart policy wants it back: its RestartCount is {restarts}. {usual}',
    other: '{count} containers were killed for memory, and their restart policies want them back. {usual}',
  },
  'left.unhealthy': {
    one: '{containers} runs, but has become unhealthy meanwhile. {usual}',
    other: '{count} containers run, but have become unhealthy meanwhile. {usual}',
  },
  'left.crowded': {
    one: '{count} zombie, which Story does not draw, counts against the {limit} processes that {containers} may have. {usual}',
    other:
      '{count} zombies, which Story does not draw, count against the {limit} processes that {containers} may have. {usual}',
  },
  'left.frozen': {
    one: '{containers} is frozen: it gets no processor time until it is thawed. {usual}',
    other: '{count} containers are frozen: they get no processor time until they are thawed. {usual}',
  },
  'left.removed': { one: '{containers} is removed. {usual}', other: '{count} containers are removed. {usual}' },
  'left.ended': {
    one: '{containers} has ended with code {code}. {usual}',
    other: '{count} containers have ended. {usual}',
  },
  'left.ended-before-dockerd': {
    one: '{containers} has ended with code {code}: dockerd, which was to end, stopped it first. {usual}',
    other: '{count} containers have ended: dockerd, which was to end, stopped them first. {usual}',
  },
  'left.created': {
    one: '{containers} is created, but does not run: it has no process. {usual}',
    other: '{count} containers are created, but do not run: they have no process. {usual}',
  },
  'left.given-up': {
    one: '{containers} has ended with code {code}, and its restart policy does not start it again: its RestartCount is {restarts}. {usual}',
    other: '{count} containers have ended, and their restart policies do not start them again. {usual}',
  },
  'left.awaited': {
    one: '{usual} {units} is not up, and what needs it fails or waits. systemd starts it again after a pause: let time flow.',
    other:
      '{usual} {units} are not up, and what needs them fails or waits. systemd starts them again after a pause: let time flow.',
  },
  'left.down': {
    one: '{usual} {units} is not up, and systemd does not start it by itself: systemctl start {names} does.',
    other: '{usual} {units} are not up, and systemd does not start them by itself: systemctl start {names} does.',
  },
  'left.up': { one: '{containers} lives on. {usual}', other: '{count} containers live on. {usual}' },
  'client.reaped-between': '{by} reaps docker. {container} lives on without it.',
  'client.reaped-between-alone': '{by} reaps docker.',
  'client.refused': 'dockerd has answered with an error, and docker prints it: {words}.',
  'client.loses-line': 'The connection from docker to dockerd breaks: “unexpected EOF” is all that docker can say.',
  'client.finds-nobody': 'Nobody listens at docker.sock: docker finds no daemon and gives up.',
  'registry.asked': 'dockerd asks the registry, over the network, for the image.',
  'host.reserved': '{who} reserves {size} of the disk with one call: not a byte of it is written.',
  'host.room-again': 'The file that took the room is gone: there is room on the disk again.',
  'host.runc-gone':
    'runc is no longer where the shims look for it. What runs goes on, for no runc is part of it; nothing new can be made.',
  'host.runc-back': 'runc is back in its place: the next shim that looks for it finds it.',
  'host.runc-replaced': 'Another program is written to runc’s place: the shims will run it, and believe what it says.',
  'host.line-set': 'From now on the line to the registry is as fast as this file of Glassdock’s own says.',
  'host.line-usual': 'The file is gone: the line to the registry is as fast as before.',
  'hand.unshares': '{who} calls unshare(2), as runc does for a container: it has namespaces of its own now ({flags}).',
  'hand.first': '{who} forks: its child is process 1 in the new pid namespace, and process {pid} out here.',
  'hand.enters': '{who} calls setns(2), once for each kind of namespace: it sees now what another process sees.',
  'hand.enters-container':
    '{who} calls setns(2), once for each kind of namespace: it sees now what {container} sees. No daemon is asked.',
  'hand.pivots': '{who} calls pivot_root(2): another directory is the root now, and the old root lies below it.',
  'host.begins': 'The shell forks, and its child becomes {who}.',

  'dockerd.created': 'dockerd writes {container} down and prepares a layer for its files. No process exists yet.',
  'dockerd.mounts': 'dockerd lays the layers of the image over each other: one root file system for {container}.',
  'dockerd.cable':
    'dockerd makes a virtual cable: one end stays at the bridge docker0, the other waits for {container}.',
  'dockerd.moves-cable':
    'A hook has told dockerd where: it moves the other end into the network namespace of {container}.',
  'dockerd.running': 'dockerd writes down that {container} runs.',
  'dockerd.exited': 'dockerd writes down that {container} has ended with code {code}.',
  'dockerd.gives-up': {
    one: 'dockerd writes down that {container} has ended with code {code}. It was started again once; its restart policy asks for no more.',
    other:
      'dockerd writes down that {container} has ended with code {code}. It was started again {count} times; its restart policy asks for no more.',
  },
  'dockerd.exited-oom':
    'dockerd writes down that {container} has ended with code {code}, and OOMKilled: the kernel’s OOM killer has struck in it.',
  'dockerd.exited-lost':
    'dockerd writes down that {container} has ended with code {code}: its shim was gone before it, so nobody can be sure of that.',
  'dockerd.exited-untold':
    'dockerd writes down that {container} has ended with code {code}: nobody has told it that it was {real}.',
  'dockerd.exited-earlier':
    'dockerd takes the end of {container}’s earlier process for that of the new one, {pid}, which lives on: it writes down code {code}, until containerd tells it of the start.',
  'dockerd.exited-alive':
    'dockerd writes down that {container} has ended with code {code}, for want of better news: its process {pid} lives on.',
  'dockerd.removed': 'dockerd forgets {container}: its layer and its papers are gone.',
  'dockerd.hands-over':
    'dockerd hands containerd the whole plan of {container}: its command, mounts, namespaces, limits.',
  'dockerd.asks-task':
    'dockerd asks containerd, the daemon that keeps containers running, for a task: the plan of {container} is to become processes.',
  'dockerd.asks-start': 'dockerd asks containerd to start the task.',
  'dockerd.asks-kill': 'dockerd asks containerd to send {container} {signal}.',
  'dockerd.asks-exec': 'dockerd asks containerd for one more process in {container}.',
  'dockerd.asks-delete': 'dockerd asks containerd to clear away what is left of {container}.',

  'proxy.born':
    'dockerd starts docker-proxy, which listens on port {port} of the host and passes on to {container} what comes.',
  'proxy.born-ipv6': 'dockerd starts a docker-proxy that listens on port {port} over IPv6.',
  'proxy.killed':
    'docker-proxy is killed by {signal}: nobody listens on its port {port} any more. The kernel’s own rules stay.',
  'proxy.killed-ipv6':
    'docker-proxy is killed by {signal}: nobody listens on port {port} over IPv6 any more. The kernel’s own rules stay.',
  'net.asks-proxy': '{who} sends “{label}” to {asked}. docker-proxy listens there and takes it.',
  'net.proxy-asks':
    'docker-proxy sends the same on to {container}, at {asked}: {container} sees the host’s bridge, not who asked.',
  'net.translated': '{who} connects to {asked}. A rule in the kernel, DNAT, makes it {reached}: no process in between.',
  'net.asks': '{who} sends “{label}” to {container}.',
  'net.answers': 'The answer has come to {whom}: {status}.',

  'containerd.forks-helper':
    'containerd starts a helper that is to start a shim: the small program that looks after one container.',
  'containerd.asks-create': 'containerd asks the shim, over ttrpc, to create the container.',
  'containerd.finds-shim':
    'The new containerd finds the shim of {container} by its socket, and asks it how its container is.',
  'containerd.asks-start': 'containerd asks the shim to start what was created.',
  'containerd.forks-cleaner': 'containerd runs the shim’s program once more, to clean up after {container}.',

  'shim.born': 'The helper forks the shim, which will stay with {container} for life.',
  'shim.adopted': 'The helper exits, and its child needs a parent: the kernel gives the shim to systemd.',
  'shim.subreaper': 'The shim tells the kernel that orphans below it are its own: PR_SET_CHILD_SUBREAPER.',
  'shim.runs-create': 'The shim runs runc create, the tool that builds a container out of system calls.',
  'shim.runs-start': 'The shim runs runc start, which only has to open a door.',
  'shim.runs-kill': 'The shim of {container} runs runc kill, which sends the signal to its first process alone.',
  'shim.runs-exec': 'The shim runs runc exec, the tool that puts one more process into a container.',
  'shim.runs-delete': 'The shim of {container} runs runc delete: its cgroup and its state are removed.',
  'shim.runs': 'The shim runs runc {verb}.',
  'shim.runs-delete-again':
    'The clean-up after {container} runs runc delete once more, with --force, in case something was left.',
  'shim.runs-delete-instead':
    'The clean-up after {container} runs runc delete, with --force: what is left of it is killed and removed.',
  'shim.reaps': 'The shim of {container} has waited for its child: the zombie is reaped, and its exit code is known.',
  'shim.tells-exit': 'The shim reports the end of {container} to containerd, which passes it on to whoever listens.',
  'shim.tells-exec-exit': 'The shim reports the end of that process to containerd, and containerd to dockerd.',
  'shim.tells-oom': 'The shim has seen it in memory.events and reports it: so dockerd comes to write OOMKilled.',
  'shim.fails': '{who} answers containerd that it has failed: {words}.',
  'shim.killed':
    'The shim of {container} is killed by {signal}: nobody keeps the container’s output any more, or waits for its end.',
  'shim.leaves':
    'The shim of {container} has been told to end, and does: nobody keeps the container’s output any more, or waits for its end.',
  'shim.ends': 'The shim of {container} has nothing left to do: it exits.',

  'runc.forks-stage-0': 'runc create starts a copy of itself, runc init, which will turn into the container.',
  'runc.cgroup': 'systemd makes a cgroup for {container}: what is in it can be counted and limited together.',
  'runc.unshares': 'runc init calls unshare(2): new namespaces, in which the container will see a world of its own.',
  'runc.forks-init':
    'Its child is process 1 of the new pid namespace: still runc’s code, not yet {container}’s program.',
  'runc.pivots': 'runc init makes the image its root directory: the host’s files are out of sight.',
  'runc.confines': 'runc init shuts the doors behind itself: a filter on system calls, then fewer capabilities.',
  'runc.sleeps': '{container} is created: runc init falls asleep, opening a fifo that nobody else has opened yet.',
  'runc.freezes': 'The cgroup of {container} is frozen: its processes get no processor time until it is thawed.',
  'runc.thaws': 'The cgroup of {container} is thawed: its processes go on as if nothing had been.',
  'init.adopted':
    'runc create has exited. The kernel gives its child to the nearest ancestor that takes in orphans: the shim, a subreaper.',
  'init.adopted-from-killed':
    'runc create was killed. The kernel gives its child to the nearest ancestor that takes in orphans: the shim, a subreaper.',
  'init.orphaned':
    'The shim is gone, and {container} needs a parent: no subreaper is left above it, so systemd takes it.',
  'init.reaped-by-its-own': '{who} has waited for its own child: the zombie is reaped, and {who} knows its exit code.',
  'init.reaped': '{who} has waited for its adopted child: the zombie is reaped. Nobody asked for its exit code.',
  'init.executes': '{starter} opens the fifo: the sleeper wakes and becomes {program}. Same process, same pid.',
  'init.becomes':
    '{before} becomes {program} by exec: still the first process of {container}, which ends when {program} does.',
  'init.prints':
    '{container} writes its first line: through a pipe to the shim, and on to dockerd, which keeps the log.',
  'init.prints-by-hand': '{container} writes its first line. No dockerd knows of it, and nobody keeps a log.',
  'init.prints-on-terminal':
    '{container} writes to its terminal; the shim holds the other end, and hands it on to dockerd, which keeps the log.',
  'init.exits':
    'The first process of {container} exits with code {code}. It stays a zombie until its parent, {parent}, waits for it.',
  'init.killed':
    'The first process of {container} is killed by {signal}. It stays a zombie until its parent, {parent}, waits for it.',
  'exec.born': 'A child is born in the namespaces of {container}: it is to become the command.',
  'exec.adopted':
    'runc exec has exited. The kernel gives its child to the nearest ancestor that takes in orphans: the shim, a subreaper.',
  'exec.adopted-from-killed':
    'runc exec was killed. The kernel gives its child to the nearest ancestor that takes in orphans: the shim, a subreaper.',
  'exec.executes': 'The child becomes {program}: one more process in {container}, next to the first.',
  'exec.killed': 'The process that was put into {container} is killed by {signal}.',
  'exec.exits': 'The process that was put into {container} exits with code {code}.',

  'again.birth': 'A shim for {container} is made and runs runc create, as told before.',
  'again.end': 'What is left of {container} is cleared away as told before: runc delete, its shim, the clean-up.',
  'again.more': { one: '{sentence}', other: 'The same {count} times more: {sentence}' },
  'again.exec': 'runc exec has a process born in {container}, as told before.',

  'limit.memory': 'The memory of {container} is limited: memory.max of its cgroup is {value}.',
  'limit.pids': 'The processes of {container} are limited: pids.max of its cgroup is {value}.',
  'limit.cpu': 'The processor time of {container} is limited: {quota} of every {period} µs, by cpu.max of its cgroup.',
  'namespace.emptied': 'Process 1 of {container} is ending: the kernel kills all others in its pid namespace first.',
  'member.killed': '{who} in {container} is killed by {signal}. It is not its first process: the container lives on.',
  'member.zombie': '{who} in {container} has ended. It stays a zombie until process 1 there, {parent}, waits for it.',
  'member.zombie-counted':
    '{who} in {container} has ended. Until process 1 there, {parent}, waits for it, the zombie counts against the limit of {limit} processes.',
  'member.zombie-for-good':
    '{who} in {container} has ended. The zombie counts against the limit of {limit} processes until process 1 there waits for it: a {parent} never does.',
  'member.reaped': 'Process 1 of the container, {parent}, has waited for {who}: the zombie is gone.',
  'shim.blocked':
    'Nobody reads the fifo from the shim of {container} to dockerd. 64 KiB lie in it, and the shim’s write(2) sleeps.',
  'shim.goes-on': 'dockerd reads again: the shim of {container} wakes from its write(2), with nothing lost.',
  'writer.blocked': 'The pipe that {who} in {container} writes into is full, and nobody reads it: its write(2) sleeps.',
  'writer.goes-on': 'There is room in the pipe again: {who} in {container} wakes, and goes on as if nothing had been.',
  'output.lost':
    'The last {bytes} bytes that {container} wrote are lost: nobody had read them when the fifo’s last end closed.',
  'dockerd.starts-again': 'The wait of {seconds} s is over: dockerd starts {container} again, everything anew.',
  'dockerd.stops-found':
    'Without live-restore dockerd wants no container left from before: it has {signal} sent to {container}.',
  'dockerd.takes-along': 'dockerd ends, and takes its containers along: it has {signal} sent to {container}.',
  'dockerd.leaves': {
    one: 'dockerd ends, and by live-restore leaves its container as it is.',
    other: 'dockerd ends, and by live-restore leaves its {count} containers as they are.',
  },
  'dockerd.probes': 'dockerd’s timer for {container} is over: it has its health probed, by one more process in it.',

  'kernel.oom':
    '{container} is at its memory limit, and nothing can be taken back: the kernel’s OOM killer chooses {who}.',
  'kernel.out-of-memory': 'The machine is out of memory: the kernel’s OOM killer chooses {who}.',
  'kernel.no-fork':
    '{container} has as many processes as it may have: the kernel refuses the next fork(2), with EAGAIN.',
  'kernel.no-room': 'There is no room left: {who} asks for some, and the kernel refuses it, with ENOSPC.',
  'kernel.throttles':
    '{container} has used up its processor time of this period: it stands still until the next one begins.',
  'dockerd.restarts':
    '{container} has ended with code {code}, and its restart policy wants it back: dockerd waits {seconds} s.',
  'dockerd.healthy': 'A probe inside {container} has succeeded: dockerd calls it healthy.',
  'dockerd.unhealthy':
    'Too many probes in a row have failed: dockerd calls {container} unhealthy. It tells so, and does nothing else.',
  'dockerd.stops': 'dockerd is told to end. None of its containers runs.',
  'dockerd.stops-live-restore-off': 'dockerd is told to end. live-restore is off, so it stops its containers first.',
  'dockerd.stops-live-restore-on': 'dockerd is told to end. live-restore is on, so it stops no container.',
  'dockerd.restores':
    'The new dockerd reads from disk which containers there are, and asks containerd which of them run.',
  'dockerd.rereads-live-restore-on':
    'dockerd has read daemon.json again: live-restore is on, so its containers are to outlive it.',
  'dockerd.rereads-live-restore-off':
    'dockerd has read daemon.json again: live-restore is off, so it stops its containers when it is told to end.',
  'dockerd.adopts': '{container} has lived on without a dockerd: the new one takes it up and reads its output on.',
  'dockerd.finds-ended':
    '{container} has ended while no dockerd was there: its exit code is known, its last output is not.',
  'systemd.waits':
    'systemd has seen {unit} end. As the unit’s file says, it starts it again after a pause. Let time flow.',
  'systemd.gives-up': 'systemd gives up: {unit} was started too often in too short a time.',
  'daemon.killed': '{who} is killed by {signal}. No container is its child: they run on.',
  'daemon.exits': '{who} exits with code {code}. No container is its child: those that still run, run on.',
  'outlived.same': {
    one: '{containers} has outlived its dockerd: its process {pid} is the one from before, below the same shim, and the new dockerd reads its output on.',
    other:
      '{containers} have outlived their dockerd: their processes are those from before, and the new dockerd reads their output on.',
  },
  'outlived.anew': {
    one: '{containers} has ended, and its restart policy has it started anew: process {pid} is another than {before} before.',
    other: '{containers} have ended, and their restart policies have them started anew, as other processes.',
  },
  'outlived.stopped-before': {
    one: '{containers} has not outlived its dockerd, which stopped it before it ended itself: exit code {code}, and no restart policy starts it again.',
    other:
      '{containers} have not outlived their dockerd, which stopped them before it ended itself, and no restart policy starts them again.',
  },
  'outlived.stopped-after': {
    one: '{containers} outlived its dockerd, until the next one stopped it: exit code {code}, and no restart policy starts it again.',
    other:
      '{containers} outlived their dockerd, until the next one stopped them, and no restart policy starts them again.',
  },
  'outlived.ended': {
    one: '{containers} has ended by itself meanwhile: exit code {code}.',
    other: '{containers} have ended by themselves meanwhile.',
  },
  'outlived.removed': {
    one: '{containers} has ended and is removed.',
    other: '{containers} have ended and are removed.',
  },
  'outlived.lost': '{bytes} bytes that {container} wrote are lost.',
  'outlived.kept': { one: 'None of its output is lost.', other: 'None of their output is lost.' },
  'daemon.restarted': 'systemd starts {who} again.',
  'task.stands-still': '{who} is stopped by {signal}: it runs no instruction until SIGCONT, and whoever asks it waits.',
  'task.goes-on': '{who} goes on where it stood.',

  'signal.discarded':
    'The kernel discards {signal} for {who}: process 1 of a pid namespace gets only the signals that it handles.',
  'signal.discarded-in-foreground':
    'Ctrl-C does not reach {who}: process 1 of a pid namespace gets only the signals that it handles. To end it, open another shell: docker kill {who}.',
  'signal.discarded-on-terminal':
    'Ctrl-C does not reach {who}: process 1 of a pid namespace gets only the signals that it handles. Ctrl-P Ctrl-Q leaves it running; docker kill {who}, in another shell, ends it.',
  'signal.whom-in': '{who} in {container}',
  'signal.sent': '{from} sends {signal} to {who}.',
  'signal.waits-for-cont': '{from} sends {signal} to {who}, which is stopped: the signal waits until SIGCONT.',
  'signal.waits-for-thaw': '{from} sends {signal} to {who}, which is frozen: the signal waits until it is thawed.',
  'terminal.signals': '{key}: the terminal, which is the kernel’s, sends {signal} to its foreground, {who}.',
  'terminal.hangs-up': 'The terminal is gone: the kernel sends {who} {signal}.',
  'terminal.ended': '{who} does not handle SIGHUP, so it has ended. systemd, its parent, reaps it.',
  'signal.parent-died':
    'The kernel sends {who} {signal}, which it had asked for in case its parent, {from}, ends: PR_SET_PDEATHSIG.',
  'unit.reload-sent':
    'systemd has been asked to reload: it runs the unit’s ExecReload, a kill, which sends {who} {signal}.',
  'orphan.adopted': '{from} has ended. The kernel gives its child {who} to {to}.',
  'task.born': '{by} forks a child, {who}.',
  'task.executes': '{who} executes {path}.',
  'task.exits': '{who} exits with code {code} and is a zombie until its parent waits for it.',
  'task.killed': '{who} is killed by {signal}.',
  'task.reaped': '{by} reaps {who}: nothing is left of it.',
  'message.request': '{from} asks {to}: {label}.',
  'message.response': '{from} answers {to}: {label}, {status}.',
  'message.event': '{from} tells {to}: {label}.',
  'machine.acts': '{who}: {machine} acts on “{event}” and stays “{state}”.',
  'machine.changes': '{who}: {machine} goes from “{from}” to “{state}”.',
  'machine.begins': '{who}: {machine} begins in “{state}”.',
  'call.made': '{who} calls {call}({args}) = {result}.',
  'call.sleeps': '{who} calls {call}({args}) and sleeps until the kernel can answer.',
  'call.wakes': '{who} wakes: {call} = {result}.',
  'namespace.made': '{who} has a new {kind} namespace, number {inode}.',
  'cgroup.joined': '{who} is moved into the cgroup {path}.',
  'mount.made': '{who} mounts {fstype} at {target}.',
  'device.changed': '{who} changes the network device {name}: {op} {value}.',
} as const;

export type StoryKey = keyof typeof story;
