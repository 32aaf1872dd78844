import type { JournalEvent } from '../journal/event.ts';
import { story, type StoryKey } from '../text/story.en.ts';
import { say } from '../text/text.ts';
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
      'shim.runs-delete-instead',
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

/** What comes by hundreds when a crowd of processes ends: told so often in full, then once for all that follow. */
const ofCrowds: ReadonlySet<StoryKey> = new Set([
  'orphan.adopted',
  'member.zombie',
  'member.zombie-counted',
  'member.zombie-for-good',
  'member.reaped',
  'member.killed',
]);
const fullyTold = 3;

/** A sentence that was read a moment ago, but for the container's name, takes less time. */
const knownShare = 0.6;

/** Whether somebody has ended a line: what follows is told as if nothing had been told before. */
export function isLine(event: JournalEvent): boolean {
  return event.type === 'input' && /[\r\n]/.test(event.data);
}

/** What of a line has been told: sentences, and how often what is said of crowds. */
export interface RepetitionMemory {
  readonly told: Set<string>;
  readonly crowds: Map<string, number>;
  /** The others of a crowd, by the sentence: whose beat stands for all has their number in the end. */
  readonly rests: Map<string, CrowdRest>;
}

type CrowdRest = { readonly sentence: string; count: number };

export function nothingRepeated(): RepetitionMemory {
  return { told: new Set(), crowds: new Map(), rests: new Map() };
}

/**
 * Of what one line brings about, a routine is told whole the first time: of eight containers the first. Each further
 * time a sentence stands for it, its turn is told, and the rest is left to the finer levels; what else comes again
 * stands for a shorter time.
 */
export function createRepetition(memory: RepetitionMemory) {
  const { told, crowds, rests } = memory;
  const isKnown = (words: string): boolean => {
    const known = told.has(words);
    told.add(words);
    return known;
  };
  return {
    pass: (event: JournalEvent): void => {
      if (!isLine(event)) return;
      told.clear();
      crowds.clear();
      rests.clear();
    },
    shorten: ({ level, telling }: Detail): Detail => {
      const { key, weight, params } = telling;
      if (level !== 'story') return { level, telling };
      const routine = routineOf(key);
      if (routine === undefined) {
        const sentence = say(story, key, params);
        const rest = ofCrowds.has(key) ? restOf(sentence, memory) : null;
        if (rest !== null) {
          if (rest.count > 1) return { level: 'engine', telling };
          return { level, telling: { ...telling, key: 'again.more', params: rest } };
        }
        const name = String(params?.['container'] ?? '');
        const isSame = isKnown(name === '' ? sentence : sentence.replaceAll(name, ''));
        return { level, telling: isSame ? { ...telling, weight: weight * knownShare } : telling };
      }
      if (!isKnown(key)) return { level, telling };
      if (key === routine.stands) return { level, telling: { ...telling, key: routine.again } };
      return turns.has(key) ? { level, telling: { ...telling, weight: turnMs } } : { level: 'engine', telling };
    },
  };
}

/** Null for the first few. */
function restOf(sentence: string, { crowds, rests }: RepetitionMemory): CrowdRest | null {
  const before = crowds.get(sentence) ?? 0;
  crowds.set(sentence, before + 1);
  if (before < fullyTold) return null;
  const rest = rests.get(sentence) ?? { sentence, count: 0 };
  rests.set(sentence, rest);
  rest.count += 1;
  return rest;
}
