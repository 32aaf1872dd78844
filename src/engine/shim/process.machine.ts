/**
 * A process that the shim minds: the container's first, or one of an exec. containerd:
 * cmd/containerd-shim-runc-v2/process/{init,exec}_state.go.
 */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

type ProcessEvent =
  | { readonly type: 'create' }
  | { readonly type: 'start' }
  | { readonly type: 'kill'; readonly signal: number }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'exited' }
  | { readonly type: 'delete' };

export const shimProcess = setup({
  types: { events: {} as ProcessEvent | CallEvent },
  actions: performing,
}).createMachine({
  id: 'shim process',
  initial: 'asked for',
  states: {
    'asked for': { on: { create: 'creating' } },
    creating: {
      description: "The container's first process: runc create runs. For an exec nothing has to be made beforehand.",
      entry: perform('create'),
      on: { 'call.done': 'created', 'call.failed': 'failed' },
    },
    created: {
      on: { start: 'starting', kill: { actions: perform('kill') }, exited: 'stopped', delete: 'deleting' },
    },
    starting: {
      description: 'runc start or runc exec runs. An exit meanwhile is told only after the start.',
      entry: perform('start'),
      on: { 'call.done': 'running', 'call.failed': 'stopped' },
    },
    running: { on: { kill: { actions: perform('kill') }, pause: 'pausing', exited: 'stopped' } },
    pausing: {
      entry: perform('pause'),
      on: { 'call.done': 'paused', 'call.failed': 'running', exited: 'stopped' },
    },
    paused: { on: { resume: 'resuming', kill: { actions: perform('kill') }, exited: 'stopped' } },
    resuming: {
      entry: perform('resume'),
      on: { 'call.done': 'running', 'call.failed': 'paused', exited: 'stopped' },
    },
    stopped: {
      description: 'Whether there is anything to kill, runc knows.',
      on: { kill: { actions: perform('kill') }, delete: 'deleting' },
    },
    deleting: { entry: perform('delete'), on: { 'call.done': 'deleted', 'call.failed': 'stopped' } },
    failed: {},
    deleted: {},
  },
});
