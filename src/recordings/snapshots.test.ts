/** What /proc showed of the recorded processes at certain moments, and what the simulated kernel has then. */
import { expect, test } from 'vitest';
import { bench, isAsleep, isCreated, isNotTold, longestNs, momentIn, runs, shows, type } from './bench.ts';
import type { Bench } from './bench.ts';
import { countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normaliseFact } from './normalise.ts';
import { inOrder, processesOf } from './processes.ts';
import type { RecordedProcess, Recording } from './recording.ts';
import runDetached from './vm-01-run-detached.json' with { type: 'json' };
import runEcho from './vm-02-run-rm-echo.json' with { type: 'json' };
import runIt from './vm-03-run-it.json' with { type: 'json' };
import exec from './vm-07-exec.json' with { type: 'json' };
import exitWhileDown from './vm-11e-exit-while-daemon-down.json' with { type: 'json' };
import killContainerd from './vm-12a-kill9-containerd-systemd.json' with { type: 'json' };
import kill from './vm-12b-kill9-dockerd.json' with { type: 'json' };
import liveKill from './vm-12d-kill9-dockerd-live-restore.json' with { type: 'json' };
import killShim from './vm-13-kill9-shim.json' with { type: 'json' };
import attachDetach from './vm-21-attach-detach.json' with { type: 'json' };
import healthcheck from './vm-23-healthcheck.json' with { type: 'json' };

const tallies: Tallies = new Map();
/** What the recorder asked for while dockerd was away. */
const askedFor = ['docker ps -a', 'docker exec al echo exec-during-outage'];

/** What there is now, in the words of a recording. */
const seen = (host: Bench, whole: unknown): readonly object[] => inOrder(momentIn(host, whole));

function recorded(whole: unknown, label: string): readonly object[] {
  const snapshot = (whole as Recording).snapshots?.find((each) => each.label === label);
  if (snapshot === undefined) throw new Error(`no snapshot is called ${label}`);
  const facts = inOrder(normaliseFact(snapshot));
  countFacts(tallies, (whole as Recording).source, facts.length);
  return facts;
}

test('vm-01: before, between runc create and runc start, and while the container runs', () => {
  const host = bench();
  expect(seen(host, runDetached)).toEqual(recorded(runDetached, 'before'));
  type(host, 'docker run -d --name web busybox sleep 1000\n', isCreated(host));
  expect(seen(host, runDetached)).toEqual(recorded(runDetached, 'created-not-started'));
  host.machine.settle(host.machine.nowNs() + longestNs);
  expect(seen(host, runDetached)).toEqual(recorded(runDetached, 'running'));
});

test('vm-03: a shell on a terminal, with a job in its foreground; docker kill, asked and done', () => {
  const host = bench();
  expect(seen(host, runIt)).toEqual(recorded(runIt, 'before'));
  type(host, 'docker run -it --name it --network none busybox sh\n');
  type(host, 'sleep 500\n', runs(host, 'sleep'));
  expect(seen(host, runIt)).toEqual(recorded(runIt, 'running'));
  type(host, '\x03');
  type(host, 'exit 5\n');
  type(host, 'docker start it >/dev/null\n');
  type(host, 'docker kill $(docker ps -q)\n', shows(host, isAsleep('docker kill')));
  expect(seen(host, runIt)).toEqual(recorded(runIt, 'end-exec'));
  type(host, '', () => !shows(host, ({ who, state }) => who === 'init:it' || state === 'Z')());
  expect(seen(host, runIt)).toEqual(recorded(runIt, 'end'));
});

test('vm-02: between runc create and runc start, and when the container has ended', () => {
  const host = bench();
  type(host, 'docker run --rm --network none busybox echo hello\n', isCreated(host));
  expect(seen(host, runEcho)).toEqual(recorded(runEcho, 'created-not-started'));
  host.machine.runWhile(() => host.journal.every(isNotTold), host.machine.nowNs() + longestNs);
  expect(seen(host, runEcho)).toEqual(recorded(runEcho, 'exited-before-Tasks/Delete'));
});

test('vm-12a: a second after containerd was killed', () => {
  const host = bench(killContainerd);
  type(host, 'kill -9 $(systemctl show -p MainPID --value containerd); sleep 1\n');
  expect(seen(host, killContainerd)).toEqual(recorded(killContainerd, '1s-after'));
});

for (const [recording, clients] of [
  [kill, ['docker ps -a', ...askedFor]],
  [liveKill, askedFor],
] as const) {
  test(`${recording.source}: clients wait while dockerd starts again`, () => {
    const host = bench(recording);
    const isDaemon = ({ who }: RecordedProcess): boolean => who === 'dockerd';
    type(host, 'kill -9 $(systemctl show -p MainPID --value docker)\n', () => !shows(host, isDaemon)());
    for (const client of clients) type(host, `${client} &\n`, shows(host, isAsleep(client)));
    type(host, '', shows(host, isDaemon));
    expect(seen(host, recording)).toEqual(recorded(recording, 'outage'));
  });
}

test('vm-13: the shim was killed, and so was the clean-up after it: the container lives on', () => {
  const host = bench(killShim);
  type(host, 'while ! pkill -9 -f "moby/.* delete"; do :; done &\n');
  type(host, 'kill -9 $(pgrep -x containerd-shim)\n');
  expect(seen(host, killShim)).toEqual(recorded(killShim, 'after'));
  type(host, 'docker ps -a; docker inspect web\n');
  expect(seen(host, killShim)).toEqual(recorded(killShim, 'end'));
});

test('vm-21: a terminal that was left, and three clients on one container', () => {
  const host = bench(attachDetach);
  type(host, 'docker run -it --name d1 --network none busybox sh\n');
  type(host, 'echo in-container\n');
  type(host, '\x10\x11');
  expect(seen(host, attachDetach)).toEqual(recorded(attachDetach, 'detached'));
  type(host, 'docker attach d1\n');
  type(host, 'exit 3\n');
  type(host, `${attachDetach.commands[4]?.command.replace(/(?<=sh -c )(.*)$/, "'$1'")}\n`);
  for (const flag of ['', '', '--sig-proxy=false ']) type(host, `docker attach --no-stdin ${flag}tick &\n`);
  expect(seen(host, attachDetach)).toEqual(recorded(attachDetach, 'three-attached'));
});

test('vm-23: while a probe runs, of one container and of one among three', () => {
  const host = bench(healthcheck);
  type(host, `${healthcheck.commands[0]?.command.replace(/(?<=sh -c )(.*)$/, "'$1'")}\n`, runs(host, 'sh'));
  type(
    host,
    '',
    shows(host, ({ comm, args }) => comm === 'sleep' && args === 'sleep 2'),
  );
  expect(seen(host, healthcheck)).toEqual(recorded(healthcheck, 'during-probe'));
  type(host, 'docker stop -t 0 hc\n');
  for (const { label, command } of healthcheck.commands)
    if (['run-timeout', 'run-noent', 'none'].includes(label)) type(host, `${command}\n`);
  type(
    host,
    '',
    () => runs(host, 'sleep')() && shows(host, ({ comm, args }) => comm === 'sleep' && args === 'sleep 600')(),
  );
  expect(seen(host, healthcheck)).toEqual(recorded(healthcheck, 'end'));
});

test('vm-11e: a container that ends as soon as it has begun, being made again', () => {
  const host = bench(exitWhileDown);
  for (const { label, command } of exitWhileDown.commands.slice(0, 8))
    if (label !== 'start') type(host, `${command}\n`);
  type(host, 'systemctl start docker\n', runs(host, 'systemctl'));
  type(host, '', () => !runs(host, 'systemctl')());
  // The journal is long: it is read only while there is a runc.
  const isMaking = (isIt: (process: RecordedProcess) => boolean) => (): boolean =>
    runs(host, 'runc')() && shows(host, isIt)();
  const made: (readonly object[])[] = [];
  host.watchers.add((event) => {
    const isIt = event.type === 'fd.open' && event.file.name.endsWith('/exec.fifo') && made.length === 0;
    if (isIt) made.push(seen(host, exitWhileDown));
  });
  type(host, '', () => made.length > 0);
  expect(made[0]).toEqual(recorded(exitWhileDown, 'after-start'));
  type(
    host,
    '',
    isMaking(({ who, cgroup = '', files = {} }) => {
      const copies = Object.values(files).some((path) => path.startsWith('/memfd'));
      return who === 'runc-init-0:al' && cgroup.endsWith('.scope') && copies;
    }),
  );
  expect(seen(host, exitWhileDown)).toEqual(recorded(exitWhileDown, 'end'));
});

test('vm-07: a command that docker exec has started, with a child of its own', () => {
  const host = bench();
  type(host, 'docker run -d --name web --network none busybox sleep 1000\n');
  expect(seen(host, exec)).toEqual(recorded(exec, 'before'));
  type(
    host,
    "docker exec web sh -c 'sleep 40 & wait'\n",
    () => processesOf(host.machine, host.journal).filter(({ comm }) => comm === 'sleep').length === 2,
  );
  expect(seen(host, exec)).toEqual(recorded(exec, 'during-exec'));
});

test('MODEL.md counts the processes of the snapshots', () => {
  const rows = rowsOf('processes at a moment', tallies);
  expect(rowsInModel('processes at a moment', rows)).toEqual(rows);
});
