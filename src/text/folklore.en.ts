/**
 * Where the popular explanation and the recording differ: what is often said, and what was seen. The ids are the
 * numbers of truth/SUMMARY.md, section 7.
 */
export interface FolkloreNote {
  readonly said: string;
  readonly seen: string;
}

export const folklore = {
  'folklore-1': {
    said: 'containerd forks runc.',
    seen: 'containerd only ever starts the shim’s program. runc is always a child of the shim.',
  },
  'folklore-2': {
    said: 'The shim is a child of containerd.',
    seen: 'Only the short-lived helper was. The shim was the helper’s child and belongs to process 1 from now on.',
  },
  'folklore-3': {
    said: 'The container starts as runc’s child, and when runc exits the shim becomes its parent.',
    seen: 'True of runc create alone, and before your program exists: what changes parents is runc init, asleep.',
  },
  'folklore-4': {
    said: 'runc, runc init and the container are a chain of forks.',
    seen: 'CLONE_PARENT makes each stage a sibling of the one that forked it: all are children of runc create.',
  },
  'folklore-5': {
    said: 'clone(CLONE_NEW…) creates the namespaces.',
    seen: 'A stage of runc init calls unshare(2); its next child is in them. User and time namespaces stay the host’s.',
  },
  'folklore-6': {
    said: 'runc start starts the container’s program.',
    seen: 'runc start only opens a fifo. The process that slept there executes the program itself.',
  },
  'folklore-7': {
    said: 'containerd mounts the root file system and manages networks.',
    seen: 'dockerd mounts the layers and makes the network. The request to containerd carries no mounts at all.',
  },
  'folklore-8': {
    said: 'containerd collects the logs.',
    seen: 'The bytes go from the container through a pipe to the shim, through a fifo to dockerd, and into a file.',
  },
  'folklore-9': {
    said: 'A process of docker exec is a child of the container’s process 1.',
    seen: 'Its parent is the shim; seen from inside it has no parent: 0.',
  },
  'folklore-11': {
    said: 'docker stop kills the container after ten seconds.',
    seen: 'The ten seconds are dockerd’s. The signal reaches process 1 only, and the kernel discards it if unhandled.',
  },
  'folklore-12': {
    said: 'When dockerd or containerd crashes, the containers are given to init.',
    seen: 'They never were its children: each belongs to its shim, and the shim to process 1 from the start.',
  },
  'folklore-13': {
    said: 'When the shim dies, the container runs on as an orphan.',
    seen: 'Only briefly: containerd sees the closed socket, and its clean-up kills the container.',
  },
  'folklore-15': {
    said: 'Exit code 137 means out of memory.',
    seen: '137 is 128 + 9: any SIGKILL. docker kill, a stop after its grace period, and the OOM killer look the same.',
  },
  'folklore-16': {
    said: 'docker pause sends SIGSTOP.',
    seen: 'No signal is sent: the cgroup is frozen.',
  },
  'folklore-20': {
    said: 'runc delete runs once.',
    seen: 'It runs twice: the shim’s clean-up calls it again, with --force.',
  },
  'folklore-25': {
    said: 'live-restore loses output.',
    seen: 'Not of who runs on: up to 64 KiB wait in each pipe. But of who ends while the daemon is away, yes.',
  },
} as const satisfies Readonly<Record<string, FolkloreNote>>;

export type FolkloreId = keyof typeof folklore;
