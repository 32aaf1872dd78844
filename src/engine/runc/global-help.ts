/** What `runc --help` says of runc itself. */
import type { Flag } from '../urfave.ts';

export const aboutRunc = `runc is a command line client for running applications packaged according to
the Open Container Initiative (OCI) format and is a compliant implementation of the
Open Container Initiative specification.

runc integrates well with existing process supervisors to provide a production
container runtime environment for applications. It can be used with your
existing process monitoring tools and the container will be spawned as a
direct child of the process supervisor.

Containers are configured using bundles. A bundle for a container is a directory
that includes a specification file named "config.json" and a root filesystem.
The root filesystem contains the contents of the container.

To start a new instance of a container:

    # runc run [ -b bundle ] <container-id>

Where "<container-id>" is your name for the instance of the container that you
are starting. The name you provide for the container instance must be unique on
your host. Providing the bundle directory using "-b" is optional. The default
value for "bundle" is the current directory.`;

/** The lines of `runc --version`, without the first words. Debian's package. */
export const versionText = '1.1.15+ds1\ncommit: 1.1.15+ds1-2+b4\nspec: 1.2.0\ngo: go1.24.4\nlibseccomp: 2.6.0\n';

/** All that it lists; those that are in no other table are not modelled. */
export const listedCommands: readonly (readonly [name: string, usage: string])[] = [
  ['checkpoint', 'checkpoint a running container'],
  ['create', 'create a container'],
  ['delete', 'delete any resources held by the container often used with detached container'],
  ['events', 'display container events such as OOM notifications, cpu, memory, and IO usage statistics'],
  ['exec', 'execute new process inside the container'],
  ['kill', "kill sends the specified signal (default: SIGTERM) to the container's init process"],
  ['list', 'lists containers started by runc with the given root'],
  ['pause', 'pause suspends all processes inside the container'],
  ['ps', 'ps displays the processes running inside a container'],
  ['restore', 'restore a container from a previous checkpoint'],
  ['resume', 'resumes all processes that have been previously paused'],
  ['run', 'create and run a container'],
  ['spec', 'create a new specification file'],
  ['start', 'executes the user defined process in a created container'],
  ['state', 'output the state of a container'],
  ['update', 'update container resource constraints'],
  ['features', 'show the enabled features'],
];

export const globalFlags: readonly Flag[] = [
  ['debug', 'switch', 'enable debug logging'],
  ['log', 'text', "set the log file to write runc logs to (default is '/dev/stderr')"],
  ['log-format', 'text', "set the log format ('text' (default), or 'json') (default: \"text\")"],
  [
    'root',
    'text',
    'root directory for storage of container state (this should be located in tmpfs) (default: "/run/runc")',
  ],
  ['criu', 'text', 'path to the criu binary used for checkpoint and restore (default: "criu")'],
  [
    'systemd-cgroup',
    'switch',
    'enable systemd cgroup support, expects cgroupsPath to be of form "slice:prefix:name" for e.g. "system.slice:runc:434234"',
  ],
  ['rootless', 'text', "ignore cgroup permission errors ('true', 'false', or 'auto') (default: \"auto\")"],
];
