/** Whether docker's events tell each container's life as it is: everything once, and in its order. */
import type { JournalEvent, MachineFact } from '../journal/event.ts';

export interface Told {
  /** What is wrong with what has been told of a container; undefined for nothing. */
  readonly note: (event: JournalEvent) => string | undefined;
}

/** What has been told of a container; undefined what an earlier dockerd may have told. */
interface Story {
  readonly dockerd: number;
  isUp: boolean | undefined;
  isPaused: boolean | undefined;
  isConnected: boolean | undefined;
  isCreated: boolean;
  isGone: boolean;
}

type FieldName = 'isUp' | 'isPaused' | 'isConnected';

/** What an event says is so from now on, and was not before. */
const changes: Readonly<Record<string, readonly [field: FieldName, value: boolean]>> = {
  'container start': ['isUp', true],
  'container die': ['isUp', false],
  'container pause': ['isPaused', true],
  'container unpause': ['isPaused', false],
  'network connect': ['isConnected', true],
  'network disconnect': ['isConnected', false],
};
/** What must have been told by the time that a container's machine takes a step. */
const due: Readonly<Record<string, readonly [field: FieldName, value: boolean]>> = {
  'starting the task --call.done--> running': ['isUp', true],
  'pausing --call.done--> paused': ['isPaused', true],
  'resuming --call.done--> running': ['isPaused', false],
  'recording the exit --call.done--> exited': ['isUp', false],
  'recording the exit --call.done--> restarting': ['isUp', false],
  'recording the exit --call.done--> removing': ['isUp', false],
};

export function startTold(): Told {
  const stories = new Map<string, Story>();
  /** Of execs that have died. */
  const deadExecs = new Set<string>();
  const storyOf = (id: string, dockerd: number, isNew: boolean): Story => {
    const known = stories.get(id);
    if (known !== undefined && (known.dockerd === dockerd || known.isGone)) return known;
    const before = isNew ? false : undefined;
    const story = { dockerd, isUp: before, isPaused: before, isConnected: before, isCreated: false, isGone: false };
    stories.set(id, story);
    return story;
  };
  const noteEvent = (dockerd: number, action: string, id: string, line: string): string | undefined => {
    const isCreation = action === 'container create';
    if (isCreation && stories.get(id)?.isCreated === true) return `${action} is told twice of ${id}`;
    const story = storyOf(id, dockerd, isCreation);
    // Somebody may start it before it is told.
    if (isCreation) story.isCreated = true;
    if (story.isGone) return `${action} is told of ${id}, which has been destroyed`;
    if (action === 'container destroy') {
      story.isGone = true;
      return story.isUp === true ? `${action} is told of ${id}, and no end before` : undefined;
    }
    const exec = action === 'container exec_die' ? (/execID=([0-9a-f]+)/.exec(line)?.[1] ?? '') : '';
    if (deadExecs.has(exec)) return `${action} is told twice of ${exec}`;
    if (exec !== '') deadExecs.add(exec);
    const [field, value] = changes[action] ?? [];
    if (field === undefined || value === undefined) return undefined;
    const isNews = story[field] !== value;
    story[field] = value;
    if (action === 'container start') story.isPaused = false;
    return isNews ? undefined : `${action} is told twice of ${id}`;
  };
  const noteStep = ({ pid, object, from, event, to }: MachineFact): string | undefined => {
    if (from === undefined) return undefined;
    const story = storyOf(object, pid, false);
    // Who cannot be connected is disconnected all the same.
    if (to === 'setting up') story.isConnected = undefined;
    // Its process was gone, and with no containerd there nobody had said so.
    if (from === 'stopping' && to === 'removing') story.isUp = undefined;
    // An end that nobody tells of is noted once for each signal that failed.
    if ((from === 'exited' || from === 'created') && to === 'cleaning up') story.isUp = undefined;
    if (to === 'removed' && !story.isGone) return `${object} is removed, and no event tells it`;
    const [field, value] = due[`${from} --${event}--> ${to}`] ?? [];
    return field === undefined || story[field] === value
      ? undefined
      : `${object} went from ${from} to ${to}, and no event tells it`;
  };
  return {
    note: (event) => {
      if (event.type === 'machine' && event.machine === 'container') return noteStep(event);
      if (event.type !== 'docker.event') return undefined;
      const { pid, action, object, line } = event;
      if (action.startsWith('container ')) return noteEvent(pid, action, object, line);
      const container = /\(container=([0-9a-f]{64})/.exec(line)?.[1];
      return container === undefined ? undefined : noteEvent(pid, action, container, line);
    },
  };
}
