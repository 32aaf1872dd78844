import type { JournalEvent } from '../journal/event.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Detail } from './detail-beats.ts';

interface Routine {
  readonly keys: ReadonlySet<StoryKey>;
  /** The one of them in whose place a sentence stands for all, the next time. */
  readonly stands: StoryKey;
  readonly again: StoryKey;
}

/** What is alike for every container: told whole the first time, then in one sentence. */
const routines: readonly Routine[] = [
  {
    keys: new Set<StoryKey>([
      'client.starts',
      'dockerd.created',
      'dockerd.mounts',
      'dockerd.cable',
      'dockerd.asks-task',
      'containerd.forks-helper',
      'shim.born',
      'shim.adopted',
      'containerd.asks-create',
      'shim.runs-create',
      'runc.cgroup',
      'runc.unshares',
      'runc.forks-init',
      'dockerd.moves-cable',
      'runc.sleeps',
      'init.adopted',
      'init.adopted-from-killed',
      'dockerd.asks-start',
      'shim.runs-start',
    ]),
    stands: 'shim.runs-create',
    again: 'again.birth',
  },
  {
    keys: new Set<StoryKey>([
      'shim.reaps',
      'shim.tells-exit',
      'dockerd.asks-delete',
      'shim.runs-delete',
      'shim.ends',
      'containerd.forks-cleaner',
      'shim.runs-delete-again',
    ]),
    stands: 'shim.runs-delete',
    again: 'again.end',
  },
  {
    keys: new Set<StoryKey>([
      'client.runs-exec',
      'dockerd.asks-exec',
      'shim.runs-exec',
      'exec.born',
      'exec.adopted',
      'exec.adopted-from-killed',
      'shim.tells-exec-exit',
    ]),
    stands: 'exec.born',
    again: 'again.exec',
  },
];

export function routineOf(key: StoryKey): Routine | undefined {
  return routines.find(({ keys }) => keys.has(key));
}

/** What of a routine is told each time, but faster: the moments that a timeline shows. */
const turns: ReadonlySet<StoryKey> = new Set(['init.adopted', 'exec.adopted']);
const turnMs = 3000;

/**
 * Of what one line brings about, a routine is told whole the first time: of eight containers the first. Each further
 * time a sentence stands for it, its turn is told, and the rest is left to the finer levels.
 */
export function createRepetition() {
  const told = new Set<StoryKey>();
  return {
    pass: (event: JournalEvent): void => {
      if (event.type === 'input' && /[\r\n]/.test(event.data)) told.clear();
    },
    shorten: ({ level, telling }: Detail): Detail => {
      const routine = level === 'story' ? routineOf(telling.key) : undefined;
      if (routine === undefined) return { level, telling };
      const isFirst = !told.has(telling.key);
      told.add(telling.key);
      if (isFirst) return { level, telling };
      if (telling.key === routine.stands) return { level, telling: { ...telling, key: routine.again } };
      if (turns.has(telling.key)) return { level, telling: { ...telling, weight: turnMs } };
      return { level: 'engine', telling };
    },
  };
}
