/** What one recording of the real engine says, in the form of the JSON files beside this one (see README.md). */
export interface Recording {
  readonly schema: 1;
  /** The recording's name; `vm-…` is the engine that is modelled, `native-…` files come from an older one. */
  readonly source: string;
  readonly engine: string;
  readonly note?: string;
  /** Commands that had run before the recording began; their facts are not in it. */
  readonly given?: readonly string[];
  /** Symbol of each container's id to its name; a container that chose its own name is `unnamed…`. */
  readonly containers: Readonly<Record<string, string>>;
  /** Where the history of this scenario stands when this recording has none. */
  readonly historySource?: string;
  /** Why an older engine's facts differ from the modelled one's. */
  readonly differences?: readonly string[];
  readonly commands: readonly RecordedCommand[];
  readonly steps?: readonly RecordedStep[];
  readonly snapshots?: readonly RecordedSnapshot[];
  readonly hooks?: readonly RecordedHook[];
  /** What dockerd and containerd logged from the first command on, at `info` and above. */
  readonly log?: readonly string[];
  /** The recorder kept two hundred lines at most: what came after the last is not in `log`. */
  readonly logIsCut?: true;
  /** What was logged while somebody typed on a terminal. */
  readonly logOnTerminal?: readonly string[];
  /** The recorder kept two hundred lines at most: `log` is what was logged before this command. */
  readonly logUntil?: string;
  /** What systemd wrote into its journal of docker.service, docker.socket and containerd.service. */
  readonly journal?: readonly string[];
}

/** Where a hook of config.json ran, whose child it was, and what it was told on its standard input. */
export interface RecordedHook {
  readonly moment: string;
  readonly pidNamespace: 'host' | 'container';
  readonly mountNamespace: 'host' | 'container';
  /** comm of its parent. */
  readonly parent: string;
  readonly status: string;
  readonly pid?: 1 | '$PID';
}

export interface RecordedCommand {
  readonly label: string;
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the recorder did next, before the following command: the facts of it are in the same step. */
  readonly then?: readonly string[];
  /** It was started beside the commands after it. */
  readonly beside?: true;
}

/** The facts from the start of a command (or of several that overlapped) to the start of the next. */
export interface RecordedStep {
  readonly labels: readonly string[];
  readonly history?: readonly HistoryFact[];
  readonly rpcs?: readonly RpcFact[];
  readonly taskEvents?: readonly TaskEventFact[];
  readonly api?: readonly ApiFact[];
  readonly events?: readonly EventFact[];
}

interface Placed {
  /** Place in the merged order of the whole recording; absent where the kinds of facts have no common clock. */
  readonly at?: number;
  /** True where the recorder could not see the fact but its consequence; its place is then the earliest possible. */
  readonly inferred?: true;
}

/** A process's fork, exec, new parent, exit or reaping, in the words of the headless report. */
export type HistoryFact = Placed & HistoryOperation;

export type HistoryOperation =
  | { readonly op: 'fork'; readonly who: string; readonly child: string; readonly parent: string }
  | { readonly op: 'exec'; readonly who: string; readonly path: string; readonly argv: readonly string[] }
  | {
      readonly op: 'reparent';
      readonly who: string;
      readonly from: string;
      readonly to: string;
      readonly because: 'subreaper' | 'namespace-init';
    }
  | { readonly op: 'exit'; readonly who: string; readonly code: number }
  | { readonly op: 'exit'; readonly who: string; readonly signal: string }
  | { readonly op: 'reap'; readonly who: string; readonly by: string };

/** A request between daemons; `answeredAt` is the place of its reply. */
export interface RpcFact extends Placed {
  readonly via: 'grpc' | 'ttrpc';
  readonly from: string;
  readonly to: string;
  readonly method: string;
  readonly topic?: string;
  /** Whose call to containerd it is, where that was recorded. */
  readonly container?: string;
  readonly signal?: number;
  /** The gRPC status when it is not 0, with its message. */
  readonly code?: number;
  readonly message?: string;
  readonly answeredAt?: number;
}

/** A message on dockerd's stream of containerd's events. */
export interface TaskEventFact extends Placed {
  readonly topic: string;
  /** Whose it is, where `ctr events` recorded it too. */
  readonly container?: string;
}

/** A call of the CLI to dockerd, with the reply's status where it was recorded and its body where that is short. */
export interface ApiFact extends Placed {
  readonly request: string;
  readonly status?: string;
  readonly body?: string;
  readonly answeredAt?: number;
}

/** An event of `docker events`. */
export interface EventFact {
  readonly type: string;
  readonly action: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface RecordedSnapshot {
  readonly label: string;
  /** The command after which it was taken, at rest; empty: before the first. Absent: in the midst of a command. */
  readonly after?: string;
  readonly processes: readonly RecordedProcess[];
  /** What lies in the folders of runc, of the fifos, and of the shims' sockets. */
  readonly files?: readonly string[];
}

/** A process as /proc showed it. A namespace is `host` or the role of the process that it belongs to. */
export interface RecordedProcess {
  readonly who: string;
  readonly parent: string;
  readonly comm: string;
  readonly args?: string;
  readonly state: string;
  readonly threads?: number;
  readonly pidInNamespace?: number;
  readonly session?: string;
  readonly processGroup?: string;
  readonly namespaces?: 'host' | Readonly<Record<string, string>>;
  readonly cgroup?: string;
  readonly oomScoreAdj?: number;
  /** What /proc/PID/status says of these; not recorded of the daemons, the shims and the client. */
  readonly seccomp?: number;
  readonly noNewPrivs?: number;
  readonly capabilities?: string;
  readonly wchan?: string;
  /** What its descriptors lead to, but for epoll and its like; not recorded of the daemons and the client. */
  readonly files?: Readonly<Record<string, string>>;
}
