/** A pull: one image on its way from the registry. */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

const types: { events: CallEvent } = {} as never;

export const pullMachine = setup({ types, actions: performing }).createMachine({
  id: 'pull',
  initial: 'asking for the manifest',
  states: {
    'asking for the manifest': {
      description: 'A token from the authorisation server, then the list of layers.',
      entry: perform('resolve'),
      on: { 'call.done': 'downloading and unpacking', 'call.failed': 'failed' },
    },
    'downloading and unpacking': {
      description: 'Three layers at a time are downloaded; they are unpacked from the lowest upwards.',
      entry: perform('fetch'),
      on: { 'call.done': 'writing it down', 'call.failed': 'failed' },
    },
    'writing it down': {
      description: 'The configuration and the name: only now the image exists.',
      entry: perform('record'),
      on: { 'call.done': 'done', 'call.failed': 'failed' },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
