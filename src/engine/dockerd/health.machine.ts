/** The health of a running container, as its probes tell it. moby: daemon/health.go, handleProbeResult(). */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

export type HealthEvent =
  | CallEvent
  | { readonly type: 'probe succeeded' }
  /** `streak`: how many in a row by now; `retries`: how many make it unhealthy. */
  | { readonly type: 'probe failed'; readonly streak: number; readonly retries: number }
  | { readonly type: 'monitor stopped' };

const types: { events: HealthEvent } = {} as never;

export const healthMachine = setup({
  types,
  actions: performing,
  guards: {
    failedTooOften: ({ event }) => event.type === 'probe failed' && event.streak >= event.retries,
  },
}).createMachine({
  id: 'health',
  initial: 'starting',
  states: {
    starting: {
      description: 'No probe has succeeded yet. Failures within the start period do not count.',
      on: {
        'probe succeeded': 'healthy',
        'probe failed': { guard: 'failedTooOften', target: 'unhealthy' },
        'monitor stopped': 'not watched',
      },
    },
    healthy: {
      entry: perform('tellChange'),
      on: { 'probe failed': { guard: 'failedTooOften', target: 'unhealthy' }, 'monitor stopped': 'not watched' },
    },
    unhealthy: {
      description: 'Docker tells it and does nothing else about it.',
      entry: perform('tellChange'),
      on: { 'probe succeeded': 'healthy', 'monitor stopped': 'not watched' },
    },
    'not watched': {
      description: 'The container has ended or is paused: it counts as unhealthy, and nobody is told.',
      type: 'final',
    },
  },
});
