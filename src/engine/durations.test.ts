import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import { rerun } from '../recordings/rerun.ts';
import { recorded } from './durations.ts';

/** How far a simulated figure may lie from the recorded median; the recorded ones spread wider. */
const tolerance = 0.2;

interface Life {
  readonly command: string;
  readonly fromNs: number;
  readonly toNs: number;
}

/** Every program that ran to its end: from its exec to its exit. */
function livesIn(events: readonly JournalEvent[]): readonly Life[] {
  return events.flatMap((end, at) => {
    if (end.type !== 'task.exit') return [];
    const begin = events.slice(0, at).findLast((event) => event.type === 'task.exec' && event.pid === end.pid);
    if (begin?.type !== 'task.exec') return [];
    return [{ command: begin.argv.join(' '), fromNs: begin.timeNs, toNs: end.timeNs }];
  });
}

function life(lives: readonly Life[], pattern: RegExp): Life {
  const found = lives.find(({ command }) => pattern.test(command));
  if (found === undefined) throw new Error(`nothing like ${pattern.source} ran`);
  return found;
}

function execOf(events: readonly JournalEvent[], command: string): number {
  const found = events.find((event) => event.type === 'task.exec' && event.argv.join(' ') === command);
  if (found === undefined) throw new Error(`${command} never ran`);
  return found.timeNs;
}

const lasts = ({ fromNs, toNs }: Life): number => toNs - fromNs;

test('the phases of docker run, exec, kill and rm take about as long as on the recorded host', () => {
  const { journal, commands } = rerun(
    [],
    [
      'docker run -d --name web busybox sleep 1000',
      'docker exec web true',
      'docker kill web',
      'docker run --rm busybox echo hello',
    ],
  );
  const [run = [], exec = [], kill = [], foreground = []] = commands.map(({ fromSeq, toSeq }) =>
    livesIn(journal.slice(fromSeq, toSeq)),
  );
  const create = life(run, /systemd-cgroup create/);
  const start = life(run, /systemd-cgroup start/);
  const remove = life(foreground, /systemd-cgroup delete/);
  const cli = life(run, /^docker/);
  const attached = life(exec, /^docker/);
  const runcExec = life(exec, /systemd-cgroup exec/);
  const echo = life(foreground, /^echo/);
  const shim = life(foreground, /-id \w+ -address \S+$/);
  const sleepNs = execOf(journal, 'sleep 1000');

  const simulated: Record<keyof typeof recorded, number> = {
    dockerRunDetached: lasts(cli),
    cliExecToShimStartExec: life(run, / start$/).fromNs - cli.fromNs,
    shimStartLifetime: lasts(life(run, / start$/)),
    shimExecToRuncCreateExec: life(foreground, /systemd-cgroup create/).fromNs - shim.fromNs,
    runcCreateLifetime: lasts(create),
    setkeyHookLifetime: lasts(life(run, /^libnetwork-setkey/)),
    runcCreateExitToRuncStartExec: start.fromNs - create.toNs,
    runcStartExecToProgramExec: sleepNs - start.fromNs,
    runcStartLifetime: lasts(start),
    programExecToCliExit: cli.toNs - sleepNs,
    dockerRunForeground: lasts(life(foreground, /^docker/)),
    containerExitToRuncDeleteExec: remove.fromNs - echo.toNs,
    runcDeleteLifetime: lasts(remove),
    runcDeleteExitToShimExit: shim.toNs - remove.toNs,
    shimDeleteLifetime: lasts(life(foreground, / delete$/)),
    dockerExec: lasts(attached),
    runcExecLifetime: lasts(runcExec),
    cliExecToRuncExecExec: runcExec.fromNs - attached.fromNs,
    dockerKill: lasts(life(kill, /^docker/)),
  };

  const farOff = Object.entries(simulated).filter(([phase, ns]) => {
    const median = recorded[phase as keyof typeof recorded];
    return Math.abs(ns - median) > tolerance * median;
  });
  expect(farOff.map(([phase, ns]) => `${phase}: ${ns / 1e6} ms`)).toEqual([]);
});
