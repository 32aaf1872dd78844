/** The commands of ctr that are modelled, with what their help says. */
import type { Running } from '../../kernel/abi.ts';
import type { Flag } from '../urfave.ts';
import type { CtrOptions } from './client.ts';
import { containerInfo, events, listContainers, version } from './containers.ts';
import { createNamespace, labelNamespace, listNamespaces, removeNamespaces } from './namespaces.ts';
import {
  activeContent,
  checkImages,
  info,
  listContent,
  listDeprecations,
  listImages,
  listLeases,
  listPlugins,
  listSandboxes,
  listSnapshots,
  snapshotTree,
} from './stores.ts';
import { deleteContainers, deleteTasks } from './delete.ts';
import { execInTask } from './exec.ts';
import { killTask, listPids, listTasks, pauseTask, resumeTask } from './tasks.ts';

export interface CtrCommand {
  readonly act: (options: CtrOptions) => Running;
  readonly usage: string;
  /** What stands behind its name and options. */
  readonly words: string;
  readonly description?: string;
  readonly flags: readonly Flag[];
  /** The option that must be given. */
  readonly required?: string;
  /** What stands behind the first argument is not its own. */
  readonly takesCommand?: true;
}

/** By group and name. */
export const commands: Readonly<Record<string, CtrCommand>> = {
  version: { act: version, usage: 'Print the client and server versions', words: '[arguments...]', flags: [] },
  events: { act: events, usage: 'Display containerd events', words: '[arguments...]', flags: [] },
  'containers list': {
    act: listContainers,
    usage: 'List containers',
    words: '[flags] [<filter>, ...]',
    flags: [['quiet q', 'switch', 'Print only the container id']],
  },
  'containers info': {
    act: containerInfo,
    usage: 'Get info about a container',
    words: 'CONTAINER',
    flags: [['spec', 'switch', 'Only display the spec']],
  },
  'containers delete': {
    act: deleteContainers,
    usage: 'Delete one or more existing containers',
    words: '[flags] CONTAINER [CONTAINER, ...]',
    flags: [['keep-snapshot', 'switch', 'Do not clean up snapshot with container']],
  },
  'tasks list': {
    act: listTasks,
    usage: 'List tasks',
    words: '[flags]',
    flags: [['quiet q', 'switch', 'Print only the task id']],
  },
  'tasks ps': { act: listPids, usage: 'List processes for container', words: 'CONTAINER', flags: [] },
  'tasks kill': {
    act: killTask,
    usage: 'Signal a container (default: SIGTERM)',
    words: '[flags] CONTAINER',
    flags: [
      ['signal s', 'text', 'Signal to send to the container'],
      ['exec-id', 'text', 'Process ID to kill'],
      ['all a', 'switch', 'Send signal to all processes inside the container'],
    ],
  },
  'tasks delete': {
    act: deleteTasks,
    usage: 'Delete one or more tasks',
    words: 'CONTAINER [CONTAINER, ...]',
    flags: [
      ['force f', 'switch', 'Force delete task process'],
      ['exec-id', 'text', 'Process ID to kill'],
    ],
  },
  'tasks exec': {
    act: execInTask,
    usage: 'Execute additional processes in an existing container',
    words: '[flags] CONTAINER CMD [ARG...]',
    required: 'exec-id',
    takesCommand: true,
    flags: [
      ['cwd', 'text', 'Working directory of the new process'],
      ['tty t', 'switch', 'Allocate a TTY for the container'],
      ['detach d', 'switch', 'Detach from the task after it has started execution'],
      ['exec-id', 'text', 'Exec specific id for the process'],
      ['fifo-dir', 'text', 'Directory used for storing IO FIFOs'],
      ['log-uri', 'text', 'Log uri for custom shim logging'],
      ['user', 'text', 'User id or name'],
    ],
  },
  'tasks pause': { act: pauseTask, usage: 'Pause an existing container', words: 'CONTAINER', flags: [] },
  'tasks resume': { act: resumeTask, usage: 'Resume a paused container', words: 'CONTAINER', flags: [] },
  'namespaces list': {
    act: listNamespaces,
    usage: 'List namespaces',
    words: '[flags]',
    description: 'list namespaces',
    flags: [['quiet q', 'switch', 'Print only the namespace name']],
  },
  'namespaces create': {
    act: createNamespace,
    usage: 'Create a new namespace',
    words: '<name> [<key>=<value>]',
    description: 'create a new namespace. it must be unique',
    flags: [],
  },
  'namespaces label': {
    act: labelNamespace,
    usage: 'Set and clear labels for a namespace',
    words: '<name> [<key>=<value>, ...]',
    description: 'set and clear labels for a namespace. empty value clears the label',
    flags: [],
  },
  'namespaces remove': {
    act: removeNamespaces,
    usage: 'Remove one or more namespaces',
    words: '<name> [<name>, ...]',
    description: 'remove one or more namespaces. for now, the namespace must be empty',
    flags: [['cgroup c', 'switch', "Delete the namespace's cgroup"]],
  },
  info: { act: info, usage: 'Print the server info', words: '[arguments...]', flags: [] },
  'images list': {
    act: listImages,
    usage: 'List images known to containerd',
    words: '[flags] [<filter>, ...]',
    description: 'list images registered with containerd',
    flags: [['quiet q', 'switch', 'Print only the image refs']],
  },
  'images check': {
    act: checkImages,
    usage: 'Check existing images to ensure all content is available locally',
    words: '[flags] [<filter>, ...]',
    description: 'check existing images to ensure all content is available locally',
    flags: [
      ['quiet q', 'switch', 'Print only the ready image refs (fully downloaded and unpacked)'],
      ['snapshotter', 'text', 'Snapshotter name. Empty value stands for the default value. [$CONTAINERD_SNAPSHOTTER]'],
    ],
  },
  'content list': {
    act: listContent,
    usage: 'List all blobs in the store',
    words: '[flags]',
    description: 'list blobs in the content store',
    flags: [['quiet q', 'switch', 'Print only the blob digest']],
  },
  'content active': {
    act: activeContent,
    usage: 'Display active transfers',
    words: '[flags] [<regexp>]',
    description: 'display the ongoing transfers',
    flags: [
      ['timeout t', 'duration', 'Total timeout for fetch (default: 0s) [$CONTAINERD_FETCH_TIMEOUT]'],
      ['root', 'text', 'Path to content store root (default: "/tmp/content")'],
    ],
  },
  'snapshots list': { act: listSnapshots, usage: 'List snapshots', words: '[arguments...]', flags: [] },
  'snapshots tree': {
    act: snapshotTree,
    usage: 'Display tree view of snapshot branches',
    words: '[arguments...]',
    flags: [],
  },
  'leases list': {
    act: listLeases,
    usage: 'List all active leases',
    words: '[flags] <filter>',
    description: 'list active leases by containerd',
    flags: [['quiet q', 'switch', 'Print only the blob digest']],
  },
  'plugins list': {
    act: listPlugins,
    usage: 'Lists containerd plugins',
    words: '[arguments...]',
    flags: [
      ['quiet q', 'switch', 'Print only the plugin ids'],
      ['detailed d', 'switch', 'Print detailed information about each plugin'],
    ],
  },
  'sandboxes list': {
    act: listSandboxes,
    usage: 'List sandboxes',
    words: '[arguments...]',
    flags: [['filters', 'list', 'The list of filters to apply when querying sandboxes from the store']],
  },
  'deprecations list': {
    act: listDeprecations,
    usage: 'Print warnings for deprecations',
    words: '[arguments...]',
    flags: [['format', 'text', "output format to use (Examples: 'default', 'json')"]],
  },
};
