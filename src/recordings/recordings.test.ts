import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareInOrder } from './compare.ts';
import { normaliseFact } from './normalise.ts';
import { numberFromStart, numberReported, type ReportedOperation } from './role-numbers.ts';
import type { HistoryFact, HistoryOperation, Recording } from './recording.ts';

const names = readdirSync(import.meta.dirname).filter((name) => /^(?:vm|native)-.*\.json$/.test(name));
const recordings = names.map((name) => JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')) as Recording);
// Some are parts: what pid 1 and the recorder's shell did is not in them.
const whole = recordings.filter(({ source }) => !source.startsWith('native-') && source !== 'vm-09-oom');
const histories = whole.flatMap(({ source, steps = [] }) => {
  const history = steps.flatMap((step) => step.history ?? []);
  return history.length === 0 ? [] : [{ source, history }];
});

test('every scenario that the simulator is held to has its recording', () => {
  expect(names).toEqual([
    'native-01-run-detached.json',
    'native-02-run-rm-echo.json',
    'native-03-run-it.json',
    'native-04a-stop-ignoring-sigterm.json',
    'native-04b-stop-handling-sigterm.json',
    'native-05-kill-signals.json',
    'native-06-pause-unpause.json',
    'native-07-exec.json',
    'native-08a-exit-3.json',
    'native-08b-exit-137.json',
    'native-09-oom.json',
    'native-10-pids-limit.json',
    'native-11a-dockerd-restart-no-live-restore.json',
    'native-11b-dockerd-restart-live-restore.json',
    'native-11c-live-restore-pipe-fills-and-exit-while-down.json',
    'native-11d-live-restore-grpc.json',
    'native-12a-kill9-containerd-managed.json',
    'native-12b-kill9-dockerd.json',
    'native-13-kill9-shim.json',
    'native-14-kill9-init-from-host.json',
    'native-15a-zombies-sh-pid1.json',
    'native-15b-zombies-with-init.json',
    'native-16a-restart-on-failure.json',
    'native-17-namespace-sharing.json',
    'native-18-errors.json',
    'native-19-lifecycle-commands.json',
    'native-20-rm-f.json',
    'native-21-attach-detach.json',
    'native-22b-twenty-containers.json',
    'native-30-pure-runc.json',
    'vm-01-run-detached.json',
    'vm-01b-run-published-port.json',
    'vm-02-run-rm-echo.json',
    'vm-03-run-it.json',
    'vm-04a-stop-ignoring-sigterm.json',
    'vm-04b-stop-handling-sigterm.json',
    'vm-05-kill-signals.json',
    'vm-06-pause-unpause.json',
    'vm-06c-kill-while-paused.json',
    'vm-07-exec.json',
    'vm-08-exit-codes.json',
    'vm-09-oom.json',
    'vm-09b-oom-child.json',
    'vm-09c-oom-repeated-unstraced.json',
    'vm-10-pids-limit.json',
    'vm-11a-restart-docker-service.json',
    'vm-11b-restart-docker-live-restore.json',
    'vm-11e-exit-while-daemon-down.json',
    'vm-12a-kill9-containerd-systemd.json',
    'vm-12b-kill9-dockerd.json',
    'vm-12c-restart-containerd-service.json',
    'vm-12d-kill9-dockerd-live-restore.json',
    'vm-12e-kill9-dockerd-unless-stopped.json',
    'vm-13-kill9-shim.json',
    'vm-14-kill9-init-from-host.json',
    'vm-15-zombies.json',
    'vm-17-namespace-sharing.json',
    'vm-18-errors.json',
    'vm-19-lifecycle-commands.json',
    'vm-19-texts.json',
    'vm-20-rm-f.json',
    'vm-21-attach-detach.json',
    'vm-23-healthcheck.json',
    'vm-27-daemon-shutdown-order.json',
    'vm-30-pure-runc.json',
  ]);
});

test('facts that share a clock stand in its order', () => {
  const disordered = recordings.flatMap(({ source, steps = [] }) =>
    steps.flatMap((step) =>
      [step.history, step.rpcs, step.taskEvents, step.api].flatMap((facts = []) => {
        const places = facts.flatMap(({ at }) => (at === undefined ? [] : [at]));
        return places.join() === places.toSorted((one, other) => one - other).join() ? [] : [source];
      }),
    ),
  );

  expect(disordered).toEqual([]);
});

test('nobody is reaped or loses a parent before the exit that causes it', () => {
  const wrong = histories.flatMap(({ source, history }) =>
    history.flatMap((fact, index) => {
      const cause = fact.op === 'reap' ? fact.who : fact.op === 'reparent' ? fact.from : undefined;
      const exits = history.slice(0, index).some((earlier) => earlier.op === 'exit' && earlier.who === cause);
      return cause === undefined || exits ? [] : [`${source}: ${fact.op} ${fact.who}`];
    }),
  );

  expect(wrong).toEqual([]);
});

test('each exit is reaped once', () => {
  const wrong = histories.flatMap(({ source, history }) => {
    const exited = whoDid(history, 'exit');
    return exited.join() === whoDid(history, 'reap').join() ? [] : [source];
  });

  expect(wrong).toEqual([]);
});

test('a recording equals itself after normalising and counting anew', () => {
  const differences = histories.flatMap(({ history }) => {
    const once = numberFromStart(history.map((fact) => normaliseFact(fact)));
    const twice = numberFromStart(once.map((fact) => normaliseFact(fact)));

    return compareInOrder(once, twice).differences;
  });

  expect(differences).toEqual([]);
});

test('a report that knows repeats by their pids is counted as the recordings are', () => {
  const differences = histories.flatMap(({ history }) => {
    const recorded = numberFromStart(history);
    return compareInOrder<HistoryOperation>(recorded, numberReported(asReported(recorded))).differences;
  });

  expect(differences).toEqual([]);
});

test('the container is born as a child of runc create and taken over by the shim, which alone reaps it', () => {
  const withoutShim = ['vm-13-kill9-shim', 'vm-30-pure-runc'];
  const births = histories.flatMap(({ source, history }) =>
    (withoutShim.includes(source) ? [] : history).flatMap((fact) => {
      const isAboutInit = fact.who.startsWith('init:') || (fact.op === 'fork' && fact.child.startsWith('init:'));
      if (!isAboutInit) return [];
      if (fact.op === 'fork' && fact.child.startsWith('init:')) return [`born to ${role(fact.parent)}`];
      if (fact.op === 'reparent') return [`from ${role(fact.from)} to ${role(fact.to)} because ${fact.because}`];
      return fact.op === 'reap' ? [`reaped by ${role(fact.by)}`] : [];
    }),
  );

  expect(new Set(births)).toEqual(
    new Set(['born to runc-create', 'from runc-create to shim because subreaper', 'reaped by shim']),
  );
});

/** The history as a report would tell it: roles without numbers, and the pid of `who`. */
function asReported(history: readonly HistoryFact[]): readonly ReportedOperation[] {
  const pids = new Map<string, number>();
  return history.map((fact) => {
    const pid = pids.get(fact.who) ?? pids.size + 100;
    pids.set(fact.who, pid);
    const { at: _at, inferred: _inferred, ...operation } = fact;
    return { ...(JSON.parse(JSON.stringify(operation).replace(/#\d+/g, '')) as HistoryOperation), pid };
  });
}

function whoDid(history: readonly HistoryFact[], op: HistoryFact['op']): readonly string[] {
  return history.flatMap((fact) => (fact.op === op ? [fact.who] : [])).toSorted();
}

function role(name: string): string {
  return name.split(':')[0] ?? name;
}
