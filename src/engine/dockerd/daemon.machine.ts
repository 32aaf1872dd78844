/** dockerd's own life, from its start to its end. */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

const types: { events: CallEvent | { readonly type: 'terminate' } } = {} as never;

export const daemonMachine = setup({ types, actions: performing }).createMachine({
  id: 'dockerd',
  initial: 'connecting to containerd',
  states: {
    'connecting to containerd': {
      description: 'Over /run/containerd/containerd.sock; its events are subscribed to.',
      entry: perform('connect'),
      on: { 'call.done': 'preparing the networks', 'call.failed': 'failed' },
    },
    'preparing the networks': {
      description: 'docker0 and its address.',
      entry: perform('prepareNetworks'),
      on: { 'call.done': 'restoring containers', 'call.failed': 'failed' },
    },
    'restoring containers': {
      description: 'What stands under /var/lib/docker/containers.',
      entry: perform('restore'),
      on: { 'call.done': 'serving', 'call.failed': 'failed' },
    },
    serving: {
      description: 'The Engine API answers on docker.sock.',
      entry: perform('serve'),
      on: { terminate: 'stopping its containers' },
    },
    'stopping its containers': {
      description: 'With live-restore they stay; without it a daemon that stops takes its containers along.',
      entry: perform('stopContainers'),
      on: { 'call.done': 'letting its clients go' },
    },
    'letting its clients go': {
      description: 'Nobody new is let in; those that are still being answered have five seconds.',
      entry: perform('letClientsGo'),
      on: { 'call.done': 'ended' },
    },
    failed: { type: 'final' },
    ended: { type: 'final' },
  },
});
