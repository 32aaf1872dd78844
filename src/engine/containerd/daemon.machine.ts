/** containerd's own life. */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

export const containerdDaemon = setup({
  types: { events: {} as CallEvent | { readonly type: 'SIGTERM' } },
  actions: performing,
}).createMachine({
  id: 'containerd',
  initial: 'reading its metadata',
  states: {
    'reading its metadata': { entry: perform('readMetadata'), on: { 'call.done': 'finding its shims' } },
    'finding its shims': {
      description: 'Shims outlive containerd: each bundle in /run holds the address of one.',
      entry: perform('findShims'),
      on: { 'call.done': 'serving' },
    },
    serving: { entry: perform('serve'), on: { SIGTERM: 'shutting down' } },
    'shutting down': { description: 'Only itself: shims and containers stay.', entry: perform('shutDown') },
  },
});
