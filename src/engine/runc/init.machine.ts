/**
 * `runc init`, stage 2: born into the namespaces that stage 1 unshared, it becomes the container's program under the
 * same pid.
 */
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';

export const runcInit = setup({
  types: { events: {} as CallEvent },
  actions: performing,
}).createMachine({
  id: 'runc init',
  initial: 'preparing the root file system',
  on: { 'call.failed': '.failed' },
  states: {
    'preparing the root file system': {
      description: 'Mounts proc, dev, sys, the cgroup tree and the binds under the new root.',
      entry: perform('prepareRoot'),
      on: { 'call.done': 'waiting for the hooks' },
    },
    'waiting for the hooks': {
      description:
        'runc create attaches the device filter and runs the prestart hooks: dockerd moves the network device in.',
      entry: perform('waitForHooks'),
      on: { 'call.done': 'changing the root' },
    },
    'changing the root': {
      description: 'pivot_root, host name, masked and read-only paths.',
      entry: perform('changeRoot'),
      on: { 'call.done': 'closing the doors' },
    },
    'closing the doors': {
      description: 'The seccomp filter first, then the capabilities; last, the command is looked up.',
      entry: perform('confine'),
      on: { 'call.done': 'waiting for start' },
    },
    'waiting for start': {
      description: 'The container is "created": a process asleep in open(2) on exec.fifo.',
      tags: 'created',
      entry: perform('openExecFifo'),
      on: { 'call.done': 'executing' },
    },
    executing: {
      description: 'No state follows: execve() replaces the program under this pid.',
      entry: perform('execProcess'),
    },
    failed: {
      description: 'It tells runc create why, if that still listens, and ends.',
      entry: perform('reportAndExit'),
      on: { 'call.failed': {} },
    },
  },
});
