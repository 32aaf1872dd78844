import { expect, test } from 'vitest';
import { apply } from '../journal/apply.ts';
import type { World } from '../journal/world.ts';
import { emptyWorld } from '../journal/world.ts';
import { differenceBetween } from './account.ts';
import { createMachine } from './machine.ts';

const script = `
docker run -d --name web nginx
docker run --rm busybox sh -c 'echo hello | cat'
docker exec web sh -c 'exit 7'
sleep 1 & kill $!
docker stop -t 1 web
docker rm web`;

test('the world folded from the journal equals the kernel’s own account, all along a session', () => {
  let world: World = emptyWorld;
  const sink = (event: Parameters<typeof apply>[1]) => {
    world = apply(world, event);
  };
  const machine = createMachine({ seed: 7, images: ['nginx', 'busybox'], sink });
  const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', script] }, () => undefined);
  const wrong: string[] = [];
  let steps = 0;
  const compare = () => {
    const difference = differenceBetween(world, machine.kernel);
    if (difference !== undefined) wrong.push(difference);
  };
  machine.runWhile(() => {
    steps += 1;
    if (steps % 7 === 0) compare();
    return shell.exitCode() === null;
  }, 3_600_000_000_000);
  compare();

  expect(wrong.slice(0, 1)).toEqual([]);
  expect(steps).toBeGreaterThan(700);
});
