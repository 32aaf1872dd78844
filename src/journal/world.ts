import { emptyDictionary, type Dictionary } from './dictionary.ts';
import { emptyTable, type Table } from './table.ts';
import type {
  BootFact,
  ContainerFact,
  ExitStatus,
  MessageFact,
  NamespaceKind,
  Namespaces,
  OpenFileFact,
  Protocol,
  SpanFact,
} from './event.ts';

/**
 * The machine at one place of the journal, as far as its facts tell: what every reader looks at. It is a value; the
 * world one event later has all in common with it but what that event changed. `apply` in apply.ts makes it.
 */
export interface World {
  /** How many events have happened: the seq of the next one. */
  readonly place: number;
  /** Nanoseconds since boot of the last event. */
  readonly timeNs: number;
  readonly boot: BootFact | null;
  /** Alive, stopped and zombie; who was reaped is gone. By host pid. */
  readonly tasks: Table<TaskState>;
  /** By path in the host's cgroup2 tree. Members: `tasksInCgroup`. */
  readonly cgroups: Dictionary<CgroupState>;
  /** By inode number. Holders: `tasksInNamespace`. */
  readonly namespaces: Table<NamespaceState>;
  /** By inode number of the mount namespace. */
  readonly mounts: Table<readonly MountPoint[]>;
  /** By inode number of the net namespace. */
  readonly links: Table<readonly NetworkDevice[]>;
  /** By pid of the daemon that runs them, then by `machineKey`. */
  readonly machines: Table<Dictionary<MachineState>>;
  /** What dockerd knows, by container id; removed ones are gone. */
  readonly containers: Dictionary<ContainerState>;
  /** Whether live-restore is on, by the dockerd's pid. */
  readonly liveRestore: Table<boolean>;
  /** By number, from the first message until one end dies. */
  readonly connections: Table<Connection>;
  /** Messages on their way, by id. */
  readonly inFlight: Table<Flight>;
  /** Pipes and fifos that were written to, by inode number. */
  readonly pipes: Table<PipeState>;
  /** Spans that have not closed, by id. */
  readonly spans: Table<OpenSpan>;
  readonly terminals: Table<TerminalState>;
  /** Docker events in order, by ordinal. */
  readonly dockerEvents: Table<DockerEvent>;
}

export interface TaskState {
  readonly pid: number;
  readonly ppid: number;
  /** Who called fork: another than the parent with CLONE_PARENT, or after a reparenting. */
  readonly forkedBy: number;
  /** Its number at each level, from the host's inwards. */
  readonly nsPids: readonly number[];
  readonly state: 'alive' | 'stopped' | 'zombie';
  readonly comm: string;
  readonly argv: readonly string[];
  /** Of its executable, as given to execve. */
  readonly path: string;
  readonly namespaces: Namespaces;
  readonly cgroup: string;
  readonly sid: number;
  readonly pgid: number;
  readonly isSubreaper: boolean;
  readonly threads: number;
  /** What it does with signals that it does not take as they come, as /proc/PID/status tells. */
  readonly signals: SignalMasks;
  /** /proc/PID/oom_score_adj. */
  readonly oomScoreAdj: number;
  readonly files: Table<OpenDescriptor>;
  readonly exitStatus: ExitStatus | null;
  /** The notable call that it sleeps in. */
  readonly asleepIn: Call | null;
  readonly lastCall: Call | null;
  /** Seqs of the events that began and ended it. */
  readonly born: number;
  readonly ended: number | null;
  /** Set by the last reparenting. */
  readonly formerParent: number | null;
  /** Numbers of the connections that it is an end of. */
  readonly connections: readonly number[];
}

export interface SignalMasks {
  readonly blocked: readonly string[];
  readonly ignored: readonly string[];
  readonly caught: readonly string[];
}

export interface Call {
  readonly call: string;
  readonly args: string;
  readonly result?: string;
  readonly seq: number;
}

export interface OpenDescriptor {
  readonly fd: number;
  readonly file: OpenFileFact;
  readonly closeOnExec: boolean;
}

export interface CgroupState {
  readonly path: string;
  /** Last value written to each control file. */
  readonly values: Readonly<Record<string, string>>;
  readonly born: number;
}

export interface NamespaceState {
  readonly kind: NamespaceKind;
  readonly inode: number;
  /** Who created it; 0 for those of the boot. */
  readonly createdBy: number;
  readonly born: number;
}

export interface MountPoint {
  readonly id: number;
  readonly target: string;
  readonly fstype: string;
  readonly source: string;
  readonly options: string;
}

export interface NetworkDevice {
  readonly name: string;
  /** `veth`, `bridge`, `loopback`, as the fact said when it was added. */
  readonly kind: string;
  readonly isUp: boolean;
  readonly master: string;
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
}

export interface MachineState {
  readonly pid: number;
  readonly machine: string;
  readonly object: string;
  readonly state: string;
  readonly since: number;
}

export interface ContainerState extends Omit<ContainerFact, 'type' | 'removed' | 'restartDelayNs'> {
  readonly born: number;
  /** While it is restarting: when dockerd's wait will be over. */
  readonly restartsAtNs?: number;
}

export interface Connection {
  readonly id: number;
  readonly protocol: Protocol;
  /** Who sent the first message. */
  readonly client: number;
  /** 0 until somebody has taken the first message. */
  readonly server: number;
  /** Requests sent for which no response was received; subscriptions, which get none, are left out. */
  readonly openRequests: number;
  readonly lastSeq: number;
}

export interface Flight extends Omit<Extract<MessageFact, { type: 'message.send' }>, 'type'> {
  readonly sent: number;
  readonly sentNs: number;
}

export interface PipeState {
  readonly inode: number;
  /** Bytes that wait in it. */
  readonly level: number;
  /** Bytes that were ever written. */
  readonly written: number;
  readonly lastWriter: number;
  readonly lastReader: number;
}

export interface OpenSpan extends Omit<Extract<SpanFact, { type: 'span.open' }>, 'type'> {
  readonly opened: number;
}

export interface TerminalState {
  readonly terminal: number;
  /** Characters shown so far: how much of its output facts' data belongs to this place. */
  readonly outputLength: number;
  readonly inputLength: number;
  readonly rows: number;
  readonly columns: number;
}

export interface DockerEvent {
  readonly seq: number;
  readonly action: string;
  readonly object: string;
  readonly line: string;
}

export const emptyWorld: World = {
  place: 0,
  timeNs: 0,
  boot: null,
  tasks: emptyTable(),
  cgroups: emptyDictionary(),
  namespaces: emptyTable(),
  mounts: emptyTable(),
  links: emptyTable(),
  machines: emptyTable(),
  containers: emptyDictionary(),
  liveRestore: emptyTable(),
  connections: emptyTable(),
  inFlight: emptyTable(),
  pipes: emptyTable(),
  spans: emptyTable(),
  terminals: emptyTable(),
  dockerEvents: emptyTable(),
};
