import { containersOf, tasksOf } from '../journal/look-up.ts';
import type { Journal } from '../journal/journal.ts';
import { stage, type StageKey } from '../text/stage.en.ts';
import { story } from '../text/story.en.ts';
import { say, type Params } from '../text/text.ts';
import { titleIn } from './shells.ts';
import { sceneAt, type ContainerFrame, type Scene } from './scene.ts';
import type { Timeline } from './timeline.ts';

const words = (key: StageKey, params: Params = {}) => say(stage, key, params);

/** A heading with what belongs to it: the picture's facts as a document, for a screen reader. */
export interface TwinSection {
  readonly heading: string;
  readonly items: readonly TwinItem[];
}

export interface TwinItem {
  readonly text: string;
  /** The process to select, if the line is about one. */
  readonly pid: number | null;
  /** Depth in the process tree. */
  readonly depth: number;
}

export interface TextTwin {
  readonly caption: string;
  readonly sections: readonly TwinSection[];
}

/** The same moment as `sceneAt`, told. */
export function textTwin(journal: Journal, timeline: Timeline, atMs: number): TextTwin {
  const scene = sceneAt(journal, timeline, atMs, { isStill: true });
  const caption = scene.beat === null ? '' : say(story, scene.beat.caption.key, scene.beat.caption.params);
  const sections = [
    processesOf(journal, timeline, scene),
    containersSection(journal, scene),
    wiresOf(scene),
    { heading: words('twin.kernel'), items: plain([scene.floor.question, scene.floor.answer]) },
    {
      heading: words('twin.cgroups'),
      items: scene.floor.cgroups.map(({ path, pids, depth, limits }) => ({
        text: [path, pids.join(' '), limits].filter((part) => part !== '').join(' '),
        pid: null,
        depth,
      })),
    },
    { heading: words('twin.pipes'), items: pipesOf(scene) },
  ];
  return { caption, sections: sections.filter(({ items }) => items.length > 0) };
}

function plain(lines: readonly string[]): readonly TwinItem[] {
  return lines.filter((text) => text !== '').map((text) => ({ text, pid: null, depth: 0 }));
}

function processesOf(journal: Journal, timeline: Timeline, scene: Scene): TwinSection {
  const world = journal.worldAt(scene.place);
  const titleOfPid = (pid: number): string => {
    const life = timeline.lives.byPid.get(pid);
    return life === undefined ? '0' : `${titleIn(world, timeline.lives, life)} ${pid}`;
  };
  const items: TwinItem[] = [];
  const tell = (ppid: number, depth: number): void => {
    for (const task of tasksOf(world)) {
      if (task.ppid !== ppid) continue;
      const life = timeline.lives.byPid.get(task.pid);
      const title = life === undefined ? task.comm : titleIn(world, timeline.lives, life);
      const inside = task.nsPids.length > 1 ? (task.nsPids.at(-1) ?? 0) : 0;
      const state = words(`state.${task.state}`);
      const params = { title, pid: task.pid, inside, state, parent: titleOfPid(ppid) };
      const text = words(inside === 0 ? 'twin.process' : 'twin.process-inside', params);
      items.push({ text, pid: task.pid, depth });
      tell(task.pid, depth + 1);
    }
  };
  tell(0, 0);
  return { heading: words('twin.processes', { count: items.length }), items };
}

function containersSection(journal: Journal, scene: Scene): TwinSection {
  const containers = containersOf(journal.worldAt(scene.place));
  const frames = new Map(scene.containers.map((frame) => [frame.id, frame]));
  const items = containers.map(({ id, name, status, taskPid }) => ({
    text: containerText(name, status, frames.get(id)),
    pid: taskPid === 0 ? null : taskPid,
    depth: 0,
  }));
  return { heading: words('twin.containers', { count: items.length }), items };
}

function containerText(name: string, status: string, frame: ContainerFrame | undefined): string {
  const more = [...(frame?.conditions ?? []), ...(frame?.gauges ?? [])].map(({ text }) => text).join(', ');
  return words(more === '' ? 'twin.container' : 'twin.container-more', { name, status, more });
}

function pipesOf({ floor: { pipes, otherPipes } }: Scene): TwinSection['items'] {
  const others = otherPipes === 0 ? [] : [words('twin.pipes-more', { count: otherPipes })];
  return plain([...pipes.map(({ text }) => text), ...others]);
}

function wiresOf(scene: Scene): TwinSection {
  const titles = new Map(scene.nodes.map(({ pid, title }) => [pid, `${title} ${pid}`]));
  const title = (pid: number) => titles.get(pid) ?? String(pid);
  const talks = scene.talkEdges.map(({ from, to, protocol }) =>
    words('twin.talks', { client: title(from), server: title(to), protocol }),
  );
  const flights = scene.packets.map(({ from, to, shortLabel }) =>
    words('twin.flight', { label: shortLabel, from: title(from), to: title(to) }),
  );
  return { heading: words('twin.wires'), items: plain([...talks, ...flights]) };
}
