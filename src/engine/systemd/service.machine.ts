/**
 * A service's life, as systemd keeps it. systemd: src/core/service.c; the states are those that `systemctl status`
 * shows.
 */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';
import type { ServiceUnit } from './unit.ts';

/** How a service came to its present end. systemd.service(5), `$SERVICE_RESULT`. */
export type ServiceResult =
  | 'success'
  | 'timeout'
  | 'exit-code'
  | 'signal'
  | 'resources'
  | 'protocol'
  | 'start-limit-hit';

/** Decides by the unit file as it was read last, and by the result as it is at this moment. */
export interface ServiceContext {
  readonly service: { readonly unit: ServiceUnit; readonly result: ServiceResult };
}

export type ServiceEvent =
  | CallEvent
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'reload' }
  | { readonly type: 'main process ended' }
  | { readonly type: 'reset-failed' };

const types: { input: ServiceContext; context: ServiceContext; events: ServiceEvent } = {} as never;

const unlessRestarted = [{ guard: 'restarts', target: 'auto-restart' }, { target: 'failed' }] as const;
const bySuccess = [{ guard: 'isSuccess', target: 'inactive' }, { target: 'failed' }] as const;
/** What follows an end that nobody asked for. */
const afterTheEnd = [{ guard: 'restarts', target: 'auto-restart' }, ...bySuccess] as const;

export const serviceMachine = setup({
  types,
  actions: performing,
  guards: {
    isSuccess: ({ context }) => context.service.result === 'success',
    isBarred: ({ context }) => context.service.result === 'start-limit-hit',
    restarts: ({
      context: {
        service: { unit, result },
      },
    }) => unit.restart === 'always' || (unit.restart === 'on-failure' && result !== 'success'),
  },
}).createMachine({
  id: 'service',
  context: ({ input }) => input,
  initial: 'inactive',
  states: {
    inactive: { description: 'No main process.', on: { start: 'activating' } },
    activating: {
      description: 'Its process has been forked; READY=1 is awaited.',
      entry: perform('execute'),
      on: {
        'call.done': [
          { guard: 'isSuccess', target: 'active' },
          { guard: 'isBarred', target: 'failed' },
          ...unlessRestarted,
        ],
        'main process ended': [...unlessRestarted],
        stop: 'deactivating',
      },
    },
    active: { on: { 'main process ended': [...afterTheEnd], stop: 'deactivating', reload: 'reloading' } },
    reloading: {
      description: 'ExecReload= runs; the main process stays.',
      entry: perform('reload'),
      on: { 'call.done': 'active', 'main process ended': [...afterTheEnd], stop: 'deactivating' },
    },
    deactivating: {
      description: 'SIGTERM is sent to the main process, which has TimeoutStopSec= for its end.',
      entry: perform('terminate'),
      on: { 'call.done': 'killing', 'main process ended': [...bySuccess] },
    },
    killing: {
      description: 'SIGKILL, for it took too long: that is a failure.',
      entry: perform('kill'),
      on: { 'main process ended': 'failed' },
    },
    'auto-restart': {
      description: 'Restart= wants it back: RestartSec= passes.',
      entry: perform('waitToRestart'),
      on: { 'call.done': 'activating', stop: 'inactive' },
    },
    failed: { on: { start: 'activating', 'reset-failed': 'inactive' } },
  },
});

/** ActiveState and SubState of a state, as `systemctl show` has them. */
export const shownStates: Readonly<Record<string, readonly [active: string, sub: string]>> = {
  inactive: ['inactive', 'dead'],
  activating: ['activating', 'start'],
  active: ['active', 'running'],
  reloading: ['reloading', 'reload'],
  deactivating: ['deactivating', 'stop-sigterm'],
  killing: ['deactivating', 'stop-sigkill'],
  'auto-restart': ['activating', 'auto-restart'],
  failed: ['failed', 'failed'],
};
