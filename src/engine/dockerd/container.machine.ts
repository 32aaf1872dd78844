/**
 * A container as dockerd sees it. What is allowed now, and what follows from what: the coroutines beside this file do
 * it.
 */
import { neverTime } from '../timestamp.ts';
import { setup } from 'xstate';
import { perform, performing } from '../drive.ts';
import type { CallEvent } from '../drive.ts';
import type { StateRecord } from './records.ts';

/** Decides as moby's flags do, as they stand in config.v2.json at this moment. */
export interface ContainerContext {
  readonly state: Readonly<Pick<StateRecord, 'Running' | 'Paused' | 'Restarting' | 'Dead' | 'StartedAt'>>;
}

export type ContainerEvent =
  | CallEvent
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  /** Not even SIGKILL could be sent, or nobody told of its effect. */
  | { readonly type: 'stop failed' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'remove'; readonly removesVolumes: boolean }
  /** The delay of its restart policy has passed, or somebody does not want it back. */
  | { readonly type: 'restart' }
  | { readonly type: 'restart canceled' }
  /** What the disk says runs ended while no daemon was there. */
  | { readonly type: 'found stopped' }
  /** containerd's event /tasks/start: what dockerd has started itself runs by then. */
  | { readonly type: 'started' }
  /** containerd's events /tasks/paused and /tasks/resumed, for what somebody else has done. */
  | { readonly type: 'frozen' }
  | { readonly type: 'thawed' }
  /** containerd's event /tasks/exit. */
  | { readonly type: 'exited'; readonly exitStatus: number; readonly exitedAt: string; readonly oomKilled: boolean };

const types: { input: ContainerContext; context: ContainerContext; events: ContainerEvent } = {} as never;

export const containerMachine = setup({
  types,
  actions: performing,
  guards: {
    isRunning: ({ context }) => context.state.Running && !context.state.Paused,
    isPaused: ({ context }) => context.state.Running && context.state.Paused,
    restarts: ({ context }) => context.state.Restarting,
    isDead: ({ context }) => context.state.Dead,
    hasRun: ({ context }) => context.state.StartedAt !== neverTime,
  },
}).createMachine({
  id: 'container',
  context: ({ input }) => input,
  initial: 'as on disk',
  states: {
    'as on disk': {
      always: [
        { guard: 'isRunning', target: 'running' },
        { guard: 'isPaused', target: 'paused' },
        { guard: 'isDead', target: 'dead' },
        { guard: 'hasRun', target: 'exited' },
        { target: 'created' },
      ],
    },
    created: {
      description: 'A record on disk, a name and a read-write layer. No process.',
      // A start that failed half-way may have left a process, whose end is told afterwards.
      on: { start: 'setting up', remove: 'removing', exited: 'cleaning up' },
    },
    'setting up': {
      description: 'dockerd mounts the root file system and allocates the network.',
      entry: perform('setUp'),
      on: { 'call.done': 'creating the task', 'call.failed': 'undoing the start' },
    },
    'creating the task': {
      description: 'The OCI spec goes to containerd: Containers/Create, Tasks/Create.',
      entry: perform('createTask'),
      on: { 'call.done': 'starting the task', 'call.failed': 'undoing the start' },
    },
    'starting the task': {
      description: 'Tasks/Start: runc init becomes the command.',
      entry: perform('startTask'),
      on: { 'call.done': 'running', 'call.failed': 'undoing the start' },
    },
    running: {
      on: {
        stop: 'stopping',
        pause: 'pausing',
        frozen: { target: 'paused', actions: perform('noteFrozen') },
        exited: 'cleaning up',
        'found stopped': 'exited',
      },
    },
    stopping: {
      description: 'The stop signal is sent; the first process has until the end of the grace period.',
      on: {
        thawed: { actions: perform('noteThawed') },
        pause: 'pausing',
        resume: 'resuming',
        exited: 'cleaning up',
        remove: 'removing',
        'stop failed': [{ guard: 'isPaused', target: 'paused' }, { target: 'running' }],
      },
    },
    pausing: {
      entry: perform('pauseTask'),
      on: { 'call.done': 'paused', 'call.failed': 'running' },
    },
    paused: {
      description: 'Its cgroup is frozen.',
      on: {
        resume: 'resuming',
        stop: 'stopping',
        thawed: { target: 'running', actions: perform('noteThawed') },
        exited: 'cleaning up',
        'found stopped': 'exited',
      },
    },
    resuming: {
      entry: perform('resumeTask'),
      on: { 'call.done': 'running', 'call.failed': 'paused' },
    },
    'cleaning up': {
      description: 'The task is deleted, the network released, the root file system unmounted.',
      entry: perform('cleanUp'),
      on: { 'call.done': 'recording the exit' },
    },
    'recording the exit': {
      entry: perform('recordExit'),
      on: {
        'call.done': [{ guard: 'restarts', target: 'restarting' }, { target: 'exited' }],
      },
    },
    restarting: {
      description: 'Its restart policy wants it back: after 100 ms, and after twice as long each time that it fails.',
      entry: perform('scheduleRestart'),
      on: { restart: 'setting up', 'restart canceled': 'giving up the restart' },
    },
    'giving up the restart': {
      description: 'Somebody has stopped it meanwhile.',
      entry: perform('giveUpRestart'),
      on: { 'call.done': 'exited' },
    },
    'undoing the start': {
      description: 'What had been set up is taken down again; the container stays as it was.',
      entry: perform('undoStart'),
      on: {
        'call.done': [{ guard: 'hasRun', target: 'exited' }, { target: 'created' }],
      },
    },
    exited: {
      description: 'A record, a layer and a log. No process, and nothing in containerd.',
      on: {
        start: 'setting up',
        remove: 'removing',
        started: { target: 'running', actions: perform('noteStarted') },
        // An end that nobody tells of is taken for granted once for each signal that failed, and may be told after all.
        exited: 'cleaning up',
      },
    },
    removing: {
      entry: perform('remove'),
      on: { 'call.done': 'removed', 'call.failed': 'dead' },
    },
    dead: {
      description: 'Its removal failed half-way.',
      on: { remove: 'removing' },
    },
    removed: { type: 'final' },
  },
});
