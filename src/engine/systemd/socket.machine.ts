/** A socket unit's life: systemd listens, so that clients may come before the service is there. systemd.socket(5). */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

export type SocketEvent =
  | CallEvent
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'service started' }
  | { readonly type: 'service ended' }
  | { readonly type: 'service refused' }
  | { readonly type: 'reset-failed' };

export const socketMachine = setup({
  types: { events: {} as SocketEvent },
  actions: performing,
}).createMachine({
  id: 'socket',
  initial: 'inactive',
  states: {
    inactive: { on: { start: 'opening' } },
    opening: { entry: perform('listen'), on: { 'call.done': 'listening', 'call.failed': 'failed' } },
    listening: {
      description: 'systemd waits for a client; the first one starts the service.',
      on: { 'service started': 'running', stop: 'closing', 'service refused': 'giving up' },
    },
    running: {
      description: 'The service takes the clients itself, from the same socket.',
      on: { 'service ended': 'listening', stop: 'closing' },
    },
    closing: { entry: perform('close'), on: { 'call.done': 'inactive' } },
    'giving up': {
      description: 'Its service was started too often: nobody would ever answer.',
      entry: perform('close'),
      on: { 'call.done': 'failed' },
    },
    failed: { on: { start: 'opening', 'reset-failed': 'inactive' } },
  },
});

/** ActiveState and SubState of a state, as `systemctl show` has them. */
export const shownSocketStates: Readonly<Record<string, readonly [active: string, sub: string]>> = {
  inactive: ['inactive', 'dead'],
  opening: ['activating', 'start-pre'],
  listening: ['active', 'listening'],
  running: ['active', 'running'],
  closing: ['deactivating', 'stop-pre'],
  'giving up': ['deactivating', 'stop-pre'],
  failed: ['failed', 'failed'],
};
