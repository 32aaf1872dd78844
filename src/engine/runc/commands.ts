/** runc 1.1.15, its commands as `runc --help` and `runc COMMAND --help` tell them: arguments, options, texts. */
import type { Flag } from '../urfave.ts';

export interface Command {
  /** What it does, in one line. */
  readonly usage: string;
  /** What stands behind `runc NAME [command options] `. */
  readonly arguments: string;
  readonly description: string;
  /** How few and how many arguments it takes. */
  readonly least: number;
  readonly most: number;
  readonly flags: readonly Flag[];
}

/** What `create`, `run` and others say alike. */
const newContainer = `<container-id>

Where "<container-id>" is your name for the instance of the container that you
are starting. The name you provide for the container instance must be unique on
your host.`;

function describe(verb: 'create' | 'run'): string {
  return `The ${verb} command creates an instance of a container for a bundle. The bundle
is a directory with a specification file named "config.json" and a root
filesystem.

The specification file includes an args parameter. The args parameter is used
to specify command(s) that get run when the container is started. To change the
command(s) that get executed on start, edit the args parameter of the spec. See
"runc spec --help" for more explanation.`;
}

const whereFrom: readonly Flag[] = [
  ['bundle b', 'text', 'path to the root of the bundle directory, defaults to the current directory'],
  [
    'console-socket',
    'text',
    "path to an AF_UNIX socket which will receive a file descriptor referencing the master end of the console's pseudoterminal",
  ],
];

const howApart: readonly Flag[] = [
  [
    'no-pivot',
    'switch',
    'do not use pivot root to jail process inside rootfs.  This should be used whenever the rootfs is on top of a ramdisk',
  ],
  [
    'no-new-keyring',
    'switch',
    'do not create a new session keyring for the container.  This will cause the container to inherit the calling processes session key',
  ],
  [
    'preserve-fds',
    'number',
    'Pass N additional file descriptors to the container (stdio + $LISTEN_FDS + N in total) (default: 0)',
  ],
];

export const commands: Readonly<Record<string, Command>> = {
  create: {
    usage: 'create a container',
    arguments: newContainer,
    description: describe('create'),
    least: 1,
    most: 1,
    flags: [...whereFrom, ['pid-file', 'text', 'specify the file to write the process id to'], ...howApart],
  },
  delete: {
    usage: 'delete any resources held by the container often used with detached container',
    arguments: `<container-id>

Where "<container-id>" is the name for the instance of the container.

EXAMPLE:
For example, if the container id is "ubuntu01" and runc list currently shows the
status of "ubuntu01" as "stopped" the following will delete resources held for
"ubuntu01" removing "ubuntu01" from the runc list of containers:

       # runc delete ubuntu01`,
    description: '',
    least: 1,
    most: 1,
    flags: [['force f', 'switch', 'Forcibly deletes the container if it is still running (uses SIGKILL)']],
  },
  events: {
    usage: 'display container events such as OOM notifications, cpu, memory, and IO usage statistics',
    arguments: `<container-id>

Where "<container-id>" is the name for the instance of the container.`,
    description: `The events command displays information about the container. By default the
information is displayed once every 5 seconds.`,
    least: 1,
    most: 1,
    flags: [
      ['interval', 'duration', 'set the stats collection interval (default: 5s)'],
      ['stats', 'switch', "display the container's stats then exit"],
    ],
  },
  exec: {
    usage: 'execute new process inside the container',
    arguments: `<container-id> <command> [command options]  || -p process.json <container-id>

Where "<container-id>" is the name for the instance of the container and
"<command>" is the command to be executed in the container.
"<command>" can't be empty unless a "-p" flag provided.

EXAMPLE:
For example, if the container is configured to run the linux ps command the
following will output a list of processes running in the container:

       # runc exec <container-id> ps`,
    description: '',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    flags: [
      [
        'console-socket',
        'text',
        "path to an AF_UNIX socket which will receive a file descriptor referencing the master end of the console's pseudoterminal",
      ],
      ['cwd', 'text', 'current working directory in the container'],
      ['env e', 'list', 'set environment variables'],
      ['tty t', 'switch', 'allocate a pseudo-TTY'],
      ['user u', 'text', 'UID (format: <uid>[:<gid>])'],
      ['additional-gids g', 'list', 'additional gids'],
      ['process p', 'text', 'path to the process.json'],
      ['detach d', 'switch', "detach from the container's process"],
      ['pid-file', 'text', 'specify the file to write the process id to'],
      ['process-label', 'text', 'set the asm process label for the process commonly used with selinux'],
      ['apparmor', 'text', 'set the apparmor profile for the process'],
      ['no-new-privs', 'switch', 'set the no new privileges value for the process'],
      ['cap c', 'list', 'add a capability to the bounding set for the process'],
      [
        'preserve-fds',
        'number',
        'Pass N additional file descriptors to the container (stdio + $LISTEN_FDS + N in total) (default: 0)',
      ],
      ['cgroup', 'list', 'run the process in an (existing) sub-cgroup(s). Format is [<controller>:]<cgroup>.'],
      ['ignore-paused', 'switch', 'allow exec in a paused container'],
    ],
  },
  kill: {
    usage: "kill sends the specified signal (default: SIGTERM) to the container's init process",
    arguments: `<container-id> [signal]

Where "<container-id>" is the name for the instance of the container and
"[signal]" is the signal to be sent to the init process.

EXAMPLE:
For example, if the container id is "ubuntu01" the following will send a "KILL"
signal to the init process of the "ubuntu01" container:

       # runc kill ubuntu01 KILL`,
    description: '',
    least: 1,
    most: 2,
    flags: [['all a', 'switch', 'send the specified signal to all processes inside the container']],
  },
  list: {
    usage: 'lists containers started by runc with the given root',
    arguments: `

Where the given root is specified via the global option "--root"
(default: "/run/runc").

EXAMPLE 1:
To list containers created via the default "--root":
       # runc list

EXAMPLE 2:
To list containers created using a non-default value for "--root":
       # runc --root value list`,
    description: '',
    least: 0,
    most: 0,
    flags: [
      ['format f', 'text', 'select one of: table or json (default: "table")'],
      ['quiet q', 'switch', 'display only container IDs'],
    ],
  },
  pause: {
    usage: 'pause suspends all processes inside the container',
    arguments: `<container-id>

Where "<container-id>" is the name for the instance of the container to be
paused. `,
    description: `The pause command suspends all processes in the instance of the container.

Use runc list to identify instances of containers and their current status.`,
    least: 1,
    most: 1,
    flags: [],
  },
  ps: {
    usage: 'ps displays the processes running inside a container',
    arguments: '<container-id> [ps options]',
    description: '',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    flags: [['format f', 'text', 'select one of: table or json (default: "table")']],
  },
  resume: {
    usage: 'resumes all processes that have been previously paused',
    arguments: `<container-id>

Where "<container-id>" is the name for the instance of the container to be
resumed.`,
    description: `The resume command resumes all processes in the instance of the container.

Use runc list to identify instances of containers and their current status.`,
    least: 1,
    most: 1,
    flags: [],
  },
  run: {
    usage: 'create and run a container',
    arguments: newContainer,
    description: describe('run'),
    least: 1,
    most: 1,
    flags: [
      ...whereFrom,
      ['detach d', 'switch', "detach from the container's process"],
      ['keep', 'switch', 'do not delete the container after it exits'],
      ['pid-file', 'text', 'specify the file to write the process id to'],
      ['no-subreaper', 'switch', 'disable the use of the subreaper used to reap reparented processes'],
      ...howApart,
    ],
  },
  spec: {
    usage: 'create a new specification file',
    arguments: '[arguments...]',
    description: `The spec command creates the new specification file named "config.json" for
the bundle.

The spec generated is just a starter file. Editing of the spec is required to
achieve desired results. For example, the newly generated spec includes an args
parameter that is initially set to call the "sh" command when the container is
started. Calling "sh" may work for an ubuntu container or busybox, but will not
work for containers that do not include the "sh" program.

EXAMPLE:
  To run docker's hello-world container one needs to set the args parameter
in the spec to call hello. This can be done using the sed command or a text
editor. The following commands create a bundle for hello-world, change the
default args parameter in the spec from "sh" to "/hello", then run the hello
command in a new hello-world container named container1:

    mkdir hello
    cd hello
    docker pull hello-world
    docker export $(docker create hello-world) > hello-world.tar
    mkdir rootfs
    tar -C rootfs -xf hello-world.tar
    runc spec
    sed -i 's;"sh";"/hello";' config.json
    runc run container1

In the run command above, "container1" is the name for the instance of the
container that you are starting. The name you provide for the container instance
must be unique on your host.

An alternative for generating a customized spec config is to use "oci-runtime-tool", the
sub-command "oci-runtime-tool generate" has lots of options that can be used to do any
customizations as you want, see runtime-tools (https://github.com/opencontainers/runtime-tools)
to get more information.

When starting a container through runc, runc needs root privilege. If not
already running as root, you can use sudo to give runc root privilege. For
example: "sudo runc start container1" will give runc root privilege to start the
container on your host.

Alternatively, you can start a rootless container, which has the ability to run
without root privileges. For this to work, the specification file needs to be
adjusted accordingly. You can pass the parameter --rootless to this command to
generate a proper rootless spec file.

Note that --rootless is not needed when you execute runc as the root in a user namespace
created by an unprivileged user.
`,
    least: 0,
    most: 0,
    flags: [
      ['bundle b', 'text', 'path to the root of the bundle directory'],
      ['rootless', 'switch', 'generate a configuration for a rootless container'],
    ],
  },
  start: {
    usage: 'executes the user defined process in a created container',
    arguments: newContainer,
    description: 'The start command executes the user defined process in a created container.',
    least: 1,
    most: 1,
    flags: [],
  },
  state: {
    usage: 'output the state of a container',
    arguments: `<container-id>

Where "<container-id>" is your name for the instance of the container.`,
    description: `The state command outputs current state information for the
instance of a container.`,
    least: 1,
    most: 1,
    flags: [],
  },
  update: {
    usage: 'update container resource constraints',
    arguments: '<container-id>',
    description: '',
    least: 1,
    most: 1,
    flags: [
      [
        'resources r',
        'text',
        `path to the file containing the resources to update or '-' to read from the standard input

The accepted format is as follow (unchanged values can be omitted):

{
  "memory": {
    "limit": 0,
    "reservation": 0,
    "swap": 0
  },
  "cpu": {
    "shares": 0,
    "quota": 0,
    "period": 0,
    "realtimeRuntime": 0,
    "realtimePeriod": 0,
    "cpus": "",
    "mems": ""
  },
  "blockIO": {
    "weight": 0
  }
}

Note: if data is to be read from a file or the standard input, all
other options are ignored.`,
      ],
      ['blkio-weight', 'number', 'Specifies per cgroup weight, range is from 10 to 1000 (default: 0)'],
      ['cpu-period', 'text', 'CPU CFS period to be used for hardcapping (in usecs). 0 to use system default'],
      ['cpu-quota', 'text', 'CPU CFS hardcap limit (in usecs). Allowed cpu time in a given period'],
      ['cpu-share', 'text', 'CPU shares (relative weight vs. other containers)'],
      ['cpu-rt-period', 'text', 'CPU realtime period to be used for hardcapping (in usecs). 0 to use system default'],
      ['cpu-rt-runtime', 'text', 'CPU realtime hardcap limit (in usecs). Allowed cpu time in a given period'],
      ['cpuset-cpus', 'text', 'CPU(s) to use'],
      ['cpuset-mems', 'text', 'Memory node(s) to use'],
      ['memory', 'text', 'Memory limit (in bytes)'],
      ['memory-reservation', 'text', 'Memory reservation or soft_limit (in bytes)'],
      ['memory-swap', 'text', "Total memory usage (memory + swap); set '-1' to enable unlimited swap"],
      ['pids-limit', 'number', 'Maximum number of pids allowed in the container (default: 0)'],
      ['l3-cache-schema', 'text', 'The string of Intel RDT/CAT L3 cache schema'],
      ['mem-bw-schema', 'text', 'The string of Intel RDT/MBA memory bandwidth schema'],
    ],
  },
};
