/** A process that `docker exec` adds to a running container. */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

const types: { events: CallEvent | { readonly type: 'start' } | { readonly type: 'exited' } } = {} as never;

export const execMachine = setup({ types, actions: performing }).createMachine({
  id: 'exec',
  initial: 'created',
  states: {
    created: { on: { start: 'creating the process' } },
    'creating the process': {
      description: 'Tasks/Exec: the shim takes note of the command.',
      entry: perform('createProcess'),
      on: { 'call.done': 'starting the process', 'call.failed': 'cleaning up after a failure' },
    },
    'starting the process': {
      description: 'Tasks/Start: runc exec joins the namespaces and forks the command.',
      entry: perform('startProcess'),
      on: { 'call.done': 'running', 'call.failed': 'cleaning up after a failure' },
    },
    running: { on: { exited: 'cleaning up' } },
    'cleaning up': { entry: perform('cleanUp'), on: { 'call.done': 'exited' } },
    'cleaning up after a failure': {
      entry: perform('cleanUp'),
      on: { 'call.done': 'failed' },
    },
    exited: { type: 'final' },
    failed: { type: 'final' },
  },
});
