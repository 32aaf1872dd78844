/**
 * Fields of containerd's RPC messages, under the names of its protobuf files
 * (api/services/{containers,tasks,leases,events}/v1, api/runtime/task/v2, api/events). Where protobuf has an Any, there
 * is `{ type_url, value }` with plain JSON as the value.
 */

/** google.protobuf.Any with its content as JSON. */
export interface Any<T = unknown> {
  readonly type_url: string;
  readonly value: T;
}

/** containerd.runc.v1.Options, as dockerd sends them with Tasks/Create. */
export interface RuncOptions {
  readonly binary_name: string;
  /** runc's `--root` without the namespace: `/var/run/docker/runtime-runc`. */
  readonly root: string;
  readonly systemd_cgroup: boolean;
}

/** containers.v1.Container. `spec.value` is the OCI spec. */
export interface ContainerRecord {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly runtime: { readonly name: string; readonly options: Any<RuncOptions> };
  readonly spec: Any;
}

/** tasks.v1.CreateTaskRequest. Empty text: no such fifo. */
export interface CreateTaskRequest {
  readonly container_id: string;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
  readonly options: Any<RuncOptions>;
}
/**
 * tasks.v1.CreateTaskResponse. `shim_pid` is ours: the real one does not tell; the journal's `container` fact wants it.
 */
export interface CreateTaskResponse {
  readonly container_id: string;
  readonly pid: number;
  readonly shim_pid: number;
}

/**
 * tasks.v1 Start, Get, Delete, DeleteProcess, Pause, Resume, ListPids, Wait: without `exec_id` the container's first
 * process is meant.
 */
export interface ProcessRequest {
  readonly container_id: string;
  readonly exec_id?: string;
}
export interface ExecProcessRequest {
  readonly container_id: string;
  readonly exec_id: string;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
  /** `process` of the OCI spec: args, env, cwd, user, capabilities, terminal. */
  readonly spec: Any;
}
export interface KillRequest extends ProcessRequest {
  /** Its number. */
  readonly signal: number;
  readonly all?: boolean;
}
export interface ResizeRequest extends ProcessRequest {
  readonly width: number;
  readonly height: number;
}
export interface CloseInputRequest extends ProcessRequest {
  readonly stdin: boolean;
}

export type TaskStatus = 'UNKNOWN' | 'CREATED' | 'RUNNING' | 'STOPPED' | 'PAUSED';
/** tasks.v1.GetResponse is `{ process: TaskProcess }`. */
export interface TaskProcess {
  readonly container_id: string;
  readonly id: string;
  readonly pid: number;
  readonly status: TaskStatus;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
  readonly exit_status: number;
  /** RFC 3339 with nanoseconds; empty while it runs. */
  readonly exited_at: string;
}
/** tasks.v1.DeleteResponse. */
export interface DeleteResponse {
  readonly id: string;
  readonly pid: number;
  readonly exit_status: number;
  readonly exited_at: string;
}

/** types.Envelope: what Events/Forward carries and Events/Subscribe streams. `event` is one of the below, by topic. */
export interface Envelope<T = TaskEvent> {
  readonly timestamp: string;
  readonly namespace: string;
  /**
   * `/tasks/create`, `/tasks/start`, `/tasks/exit`, `/tasks/delete`, `/tasks/exec-added`, `/tasks/exec-started`,
   * `/tasks/oom`, `/tasks/paused`, `/tasks/resumed`.
   */
  readonly topic: string;
  readonly event: T;
}
/** events.NamespaceCreate, NamespaceUpdate and NamespaceDelete. */
export interface NamespaceEvent {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}
/** Of `/containers/create` and `/containers/delete`, which has the id alone. */
export interface ContainerEvent {
  readonly id: string;
  readonly image?: string;
  readonly runtime?: ContainerRecord['runtime'];
}
/** The fields of all task events; which are there follows from the topic. `id` is the exec's id, or the container's. */
export interface TaskEvent {
  readonly container_id: string;
  readonly id?: string;
  readonly exec_id?: string;
  readonly pid?: number;
  readonly exit_status?: number;
  readonly exited_at?: string;
  readonly bundle?: string;
  readonly io?: {
    readonly stdin: string;
    readonly stdout: string;
    readonly stderr: string;
    readonly terminal: boolean;
  };
}

/** Method names on /run/containerd/containerd.sock. */
export const methods = {
  namespacesGet: 'containerd.services.namespaces.v1.Namespaces/Get',
  leasesCreate: 'containerd.services.leases.v1.Leases/Create',
  leasesDelete: 'containerd.services.leases.v1.Leases/Delete',
  containersCreate: 'containerd.services.containers.v1.Containers/Create',
  containersGet: 'containerd.services.containers.v1.Containers/Get',
  containersList: 'containerd.services.containers.v1.Containers/List',
  containersUpdate: 'containerd.services.containers.v1.Containers/Update',
  containersDelete: 'containerd.services.containers.v1.Containers/Delete',
  tasksCreate: 'containerd.services.tasks.v1.Tasks/Create',
  tasksStart: 'containerd.services.tasks.v1.Tasks/Start',
  tasksGet: 'containerd.services.tasks.v1.Tasks/Get',
  tasksDelete: 'containerd.services.tasks.v1.Tasks/Delete',
  tasksDeleteProcess: 'containerd.services.tasks.v1.Tasks/DeleteProcess',
  tasksExec: 'containerd.services.tasks.v1.Tasks/Exec',
  tasksKill: 'containerd.services.tasks.v1.Tasks/Kill',
  tasksPause: 'containerd.services.tasks.v1.Tasks/Pause',
  tasksResume: 'containerd.services.tasks.v1.Tasks/Resume',
  tasksList: 'containerd.services.tasks.v1.Tasks/List',
  tasksListPids: 'containerd.services.tasks.v1.Tasks/ListPids',
  tasksResizePty: 'containerd.services.tasks.v1.Tasks/ResizePty',
  tasksCloseIO: 'containerd.services.tasks.v1.Tasks/CloseIO',
  tasksUpdate: 'containerd.services.tasks.v1.Tasks/Update',
  tasksMetrics: 'containerd.services.tasks.v1.Tasks/Metrics',
  tasksWait: 'containerd.services.tasks.v1.Tasks/Wait',
  eventsSubscribe: 'containerd.services.events.v1.Events/Subscribe',
  namespacesList: 'containerd.services.namespaces.v1.Namespaces/List',
  namespacesCreate: 'containerd.services.namespaces.v1.Namespaces/Create',
  namespacesUpdate: 'containerd.services.namespaces.v1.Namespaces/Update',
  namespacesDelete: 'containerd.services.namespaces.v1.Namespaces/Delete',
  imagesList: 'containerd.services.images.v1.Images/List',
  contentList: 'containerd.services.content.v1.Content/List',
  contentListStatuses: 'containerd.services.content.v1.Content/ListStatuses',
  snapshotsList: 'containerd.services.snapshots.v1.Snapshots/List',
  sandboxesList: 'containerd.services.sandbox.v1.Store/List',
  leasesList: 'containerd.services.leases.v1.Leases/List',
  pluginsList: 'containerd.services.introspection.v1.Introspection/Plugins',
  introspectionServer: 'containerd.services.introspection.v1.Introspection/Server',
  version: 'containerd.services.version.v1.Version/Version',
  healthCheck: 'grpc.health.v1.Health/Check',
} as const;

/** Method of the shim's socket. */
export const shimMethod = (verb: string): string => `containerd.task.v2.Task/${verb}`;
/** Method on /run/containerd/containerd.sock.ttrpc, by which shims tell what happened. */
export const forwardMethod = 'containerd.services.events.ttrpc.v1.Events/Forward';
