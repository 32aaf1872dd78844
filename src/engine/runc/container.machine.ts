/**
 * A container's life as the OCI runtime specification has it (runtime.md, "Lifecycle"); each runc process takes it up
 * where the last left it.
 */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

type ContainerEvent =
  | { readonly type: 'create' }
  | { readonly type: 'start' }
  | { readonly type: 'exec' }
  | { readonly type: 'exec though paused' }
  | { readonly type: 'exited' }
  | { readonly type: 'kill' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'delete' }
  | { readonly type: 'force delete' };

export const ociContainer = setup({
  types: { events: {} as ContainerEvent | CallEvent },
  actions: performing,
}).createMachine({
  id: 'OCI container',
  initial: 'absent',
  states: {
    absent: { on: { create: 'creating' } },
    creating: {
      description: 'runc create: a cgroup, namespaces, a furnished root; runc init is asleep at exec.fifo at the end.',
      entry: perform('create'),
      on: { 'call.done': 'created', 'call.failed': 'deleting' },
    },
    created: {
      on: {
        start: 'starting',
        kill: { actions: perform('kill') },
        exec: { actions: perform('exec') },
        pause: 'pausing',
        delete: 'killing',
        'force delete': 'killing',
      },
    },
    starting: {
      description: "runc start opens exec.fifo: the sleeping runc init wakes and execs the user's program.",
      entry: perform('start'),
      on: { 'call.done': 'running', 'call.failed': 'stopped' },
    },
    running: {
      on: {
        exec: { actions: perform('exec') },
        kill: { actions: perform('kill') },
        pause: 'pausing',
        exited: 'stopped',
        'force delete': 'killing',
      },
    },
    pausing: { entry: perform('freeze'), on: { 'call.done': 'paused', 'call.failed': 'running' } },
    paused: {
      on: {
        resume: 'resuming',
        kill: { actions: perform('kill') },
        'exec though paused': { actions: perform('exec') },
        'force delete': 'killing',
      },
    },
    resuming: { entry: perform('thaw'), on: { 'call.done': 'running' } },
    killing: {
      description: 'delete --force, and delete of what never started: SIGKILL, and the wait for its effect.',
      entry: perform('killAndWait'),
      on: { 'call.done': 'deleting' },
    },
    stopped: { on: { delete: 'deleting', 'force delete': 'deleting' } },
    deleting: { entry: perform('remove'), on: { 'call.done': 'deleted' } },
    deleted: {},
  },
});
