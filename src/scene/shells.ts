import { taskOf } from '../journal/look-up.ts';
import { lookUp } from '../journal/table.ts';
import type { World } from '../journal/world.ts';
import { stage } from '../text/stage.en.ts';
import { say } from '../text/text.ts';
import type { Life, Lives } from './lives.ts';
import { titleAt } from './node-text.ts';
import { isShell } from './placement.ts';

const known = new WeakMap<World, ReadonlyMap<number, string>>();

/** What a process is called in a picture of the world. Of several shells each is told by its terminal's number. */
export function titleIn(world: World, lives: Lives, life: Life): string {
  const numbers = known.get(world) ?? shellNumbers(world, lives);
  known.set(world, numbers);
  const number = numbers.size > 1 ? numbers.get(life.pid) : undefined;
  return number === undefined
    ? titleAt(life, world.place, taskOf(world, life.pid)?.comm)
    : say(stage, 'node.shell', { number });
}

/** The number of the terminal that each of the host's shells reads from, by pid. */
function shellNumbers(world: World, lives: Lives): ReadonlyMap<number, string> {
  const shells = lives.all.filter((life) => isShell(life) && life.role.container === '');
  return new Map(
    shells.flatMap(({ pid }) => {
      const input = taskOf(world, pid)?.files;
      const number = /^\/dev\/pts\/(\d+)$/.exec((input && lookUp(input, 0)?.file.name) ?? '')?.[1];
      return number === undefined ? [] : [[pid, number] as const];
    }),
  );
}
