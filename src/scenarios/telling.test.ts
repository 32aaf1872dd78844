import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { playScenario } from '../host/play-scenario.ts';
import { parseScenario } from '../host/scenario.ts';
import type { JournalEvent } from '../journal/event.ts';
import { createTeller } from '../scene/beats.ts';
import { livesOf } from '../scene/lives.ts';
import { isLine } from '../scene/routines.ts';

/** Two terminals, lines typed amid others' work, a shell that becomes another program, a container with a new name. */
const session = `# scenario: a session
2> docker events
> for i in 1 2; do docker run -d --name c$i --network none busybox sleep 1000; done
2key Ctrl-C
2> docker stop -t 1 c1
> docker run --name few --pids-limit 5 busybox sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait'
wait 20s
$ docker start nobody
$ docker rename c2 other
$ docker run -d --name nobody --restart always busybox sleep 1
2> docker exec other sh -c 'sleep 1 & exec sleep 2'
wait 5s
> exec docker ps
$ systemctl restart docker
$ docker rm -f other
`;

function eventsOf(text: string): readonly JournalEvent[] {
  const scenario = parseScenario(text);
  if ('message' in scenario) throw new Error(scenario.message);
  return playScenario(scenario, 1, () => {}).events;
}

const anew = (events: readonly JournalEvent[]) => createTeller()(events, livesOf(events));

test.each([
  ['a session', session],
  ...['sigterm-without-live-restore', 'kill-a-child', 'kill-runc-init'].map((name) => [
    name,
    readFileSync(`${import.meta.dirname}/${name}.scenario`, 'utf8'),
  ]),
])('%s is told on, wherever it was cut, as it is told from the beginning', (_, text) => {
  const events = eventsOf(text);
  const cut = fc.integer({ min: 0, max: events.length });
  fc.assert(
    fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
      const teller = createTeller();
      // Also back: another future has begun.
      for (const place of [...cuts, events.length]) {
        const known = events.slice(0, place);
        expect(teller(known, livesOf(known))).toEqual(anew(known));
      }
    }),
    { numRuns: 6 },
  );
});

test('what was told before the last line is told once, as long as nothing shows it in another light', () => {
  const lines = ['docker run -d --name web busybox sleep 9', 'docker ps', 'docker stop web', 'docker rename web one'];
  const events = eventsOf(['# scenario: lines', ...lines.map((line) => `$ ${line}`), ''].join('\n'));
  const turns = [...events.filter(isLine).map(({ seq }) => seq), events.length];
  const teller = createTeller();
  const told = turns.slice(1).map((until) => {
    const known = events.slice(0, until);
    return teller(known, livesOf(known));
  });
  const isKept = told.slice(1).map((later, index) => {
    const earlier = new Set(told[index]);
    return later.filter(({ seq }) => seq < (turns[index] ?? 0)).every((beat) => earlier.has(beat));
  });
  // A new name is that of the past, too: beats are named by it.
  expect(isKept).toEqual([true, true, false]);
});

test('of a loop the commands that are over are told once, but for the number of a crowd that grows', () => {
  const one = `docker exec web sh -c "sleep 1 & sleep 1 & sleep 1 & kill -9 \\$!"`;
  const events = eventsOf(
    `# scenario: a loop
$ docker run -d --name web --network none busybox sh -c 'while :; do sleep 1; done'
$ for i in 1 2 3 4 5 6 7 8; do ${one}; done
`,
  );
  const teller = createTeller();
  const parts = Array.from({ length: 30 }, (_, index) => events.slice(0, (events.length * (index + 1)) / 30));
  const told = parts.map((known) => {
    const beats = teller(known, livesOf(known));
    expect(beats).toEqual(anew(known));
    return beats;
  });
  const last = new Set(told.at(-1));
  const kept = told.at(-2)?.filter((beat) => last.has(beat)) ?? [];
  const line = events.findLastIndex(isLine);

  expect(kept.some(({ seq }) => seq > line)).toBe(true);
  expect(kept.some(({ caption: { key } }) => key === 'again.more')).toBe(false);
  const crowds = told.at(-1)?.filter(({ caption: { key } }) => key === 'again.more') ?? [];
  expect(crowds.map(({ caption: { params } }) => params['count'])).toEqual([13, 13, 13, 5, 5, 5]);
});
