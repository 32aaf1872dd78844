/** The commands of ctr that are modelled, with what their help says. */
import type { Running } from '../../kernel/abi.ts';
import type { Flag } from '../urfave.ts';
import type { CtrOptions } from './client.ts';
import { containerInfo, events, listContainers, listNamespaces, version } from './containers.ts';
import { killTask, listPids, listTasks, pauseTask, resumeTask } from './tasks.ts';

export interface CtrCommand {
  readonly act: (options: CtrOptions) => Running;
  readonly usage: string;
  /** What stands behind its name and options. */
  readonly words: string;
  readonly description?: string;
  readonly flags: readonly Flag[];
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
  'tasks pause': { act: pauseTask, usage: 'Pause an existing container', words: 'CONTAINER', flags: [] },
  'tasks resume': { act: resumeTask, usage: 'Resume a paused container', words: 'CONTAINER', flags: [] },
  'namespaces list': {
    act: listNamespaces,
    usage: 'List namespaces',
    words: '[flags]',
    description: 'list namespaces',
    flags: [['quiet q', 'switch', 'Print only the namespace name']],
  },
};
