/** A task: a container that runs, or did. It exists from Tasks/Create to Tasks/Delete, and as long has a shim. */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

type TaskMachineEvent =
  | { readonly type: 'start' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'exited' }
  | { readonly type: 'delete' }
  | { readonly type: 'shim gone' }
  /** The shim that an earlier containerd has left does not let go of its container. */
  | { readonly type: 'kept' };

export const task = setup({
  types: { events: {} as TaskMachineEvent | CallEvent },
  actions: performing,
}).createMachine({
  id: 'task',
  initial: 'laying out the bundle',
  on: { 'shim gone': '.cleaning up after the shim' },
  states: {
    'laying out the bundle': {
      description: 'A directory with config.json: what runc will read.',
      entry: perform('layOutBundle'),
      on: { 'call.done': 'starting the shim', 'call.failed': 'failed' },
    },
    'starting the shim': {
      description: 'Runs the helper `containerd-shim-runc-v2 start`, reads the address that it prints, connects.',
      entry: perform('startShim'),
      on: { 'call.done': 'creating the container', 'call.failed': 'failed' },
    },
    'creating the container': {
      description: 'Task/Create: the shim runs runc create.',
      entry: perform('createContainer'),
      on: { 'call.done': 'created', 'call.failed': 'dismissing the shim' },
    },
    created: { on: { start: 'starting', exited: 'stopped' } },
    starting: {
      description: 'Task/Start: the shim runs runc start. An exit may be told before the answer.',
      entry: perform('startContainer'),
      on: { 'call.done': 'running', 'call.failed': 'stopped', exited: 'stopped' },
    },
    running: { on: { pause: 'pausing', exited: 'stopped' } },
    pausing: {
      entry: perform('pauseContainer'),
      on: { 'call.done': 'paused', 'call.failed': 'running', exited: 'stopped' },
    },
    paused: { on: { resume: 'resuming', exited: 'stopped' } },
    resuming: {
      entry: perform('resumeContainer'),
      on: { 'call.done': 'running', 'call.failed': 'paused', exited: 'stopped' },
    },
    stopped: { on: { delete: 'deleting', kept: 'leaked' } },
    deleting: {
      description: 'Task/Delete: the shim runs runc delete. Task/Shutdown: the shim ends.',
      entry: perform('deleteContainer'),
      on: { 'call.done': 'cleaning up after the shim', 'call.failed': 'stopped' },
    },
    'dismissing the shim': {
      description: 'runc create has failed: the shim has nothing to mind.',
      entry: perform('dismissShim'),
      on: { 'call.done': 'cleaning up after the shim' },
    },
    'cleaning up after the shim': {
      description:
        'Its connection has closed: `containerd-shim-runc-v2 delete` removes what may be left, the bundle goes.',
      entry: perform('cleanUp'),
      on: { 'call.done': 'deleted', 'shim gone': {} },
    },
    leaked: {
      description: 'Its shim did not let go of it when a new containerd came: containerd knows of no task any more.',
    },
    failed: { entry: perform('removeBundle'), on: { 'call.done': 'deleted' } },
    deleted: { on: { 'shim gone': {} } },
  },
});
