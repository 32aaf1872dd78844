/** Facts that come in rounds, as the probes of health checks do: how many a recording has depends on its slowness. */
import type { EventFact, RpcFact, TaskEventFact } from './recording.ts';

type Fact = EventFact | RpcFact | TaskEventFact;

const longestRound = 8;

/**
 * The facts container by container, its probes and what a client asked of it apart from its life. Of equal rounds that
 * follow one another one is left, and of a round that has only begun at the end nothing.
 *
 * @param tell - puts the recording's symbols into a fact.
 */
export function inRounds(facts: readonly Fact[], tell: (fact: Fact) => Fact): readonly Fact[] {
  const probes = new Set(facts.filter(beginsProbe).map(execOf));
  const streams = new Map<string, Fact[]>();
  for (const fact of facts) {
    const told = tell(fact);
    const part = isOfProbe(fact, probes) ? 'probes' : isOfClient(fact) ? 'client' : 'life';
    const key = `${whoseOf(told)} ${part}`;
    streams.set(key, [...(streams.get(key) ?? []), told]);
  }
  return [...streams.keys()].toSorted().flatMap((key) => withoutRepeats(streams.get(key) ?? []));
}

/** A probe given as one text runs in a shell; nothing else in these recordings has the shell's whole path. */
function beginsProbe(fact: Fact): boolean {
  return 'action' in fact && fact.action.startsWith('exec_create: /bin/sh -c ');
}

function execOf(fact: Fact): string | undefined {
  return 'attributes' in fact ? fact.attributes['execID'] : undefined;
}

function isOfProbe(fact: Fact, probes: ReadonlySet<string | undefined>): boolean {
  return 'action' in fact && (fact.action.startsWith('health_status') || probes.has(execOf(fact) ?? ''));
}

/** `docker top`, which comes in the middle of whatever round there is. */
function isOfClient(fact: Fact): boolean {
  return 'method' in fact ? fact.method.endsWith('/ListPids') : 'action' in fact && fact.action === 'top';
}

function whoseOf(fact: Fact): string {
  if ('attributes' in fact) return fact.attributes['container'] ?? fact.attributes['name'] ?? '';
  return fact.container ?? '';
}

function withoutRepeats(facts: readonly Fact[]): readonly Fact[] {
  const rest: Fact[] = [];
  const isRepeat = (length: number, distance: number): boolean =>
    rest.length >= length + distance &&
    rest.slice(-length).every((fact, place) => isEqual(fact, rest[rest.length - length - distance + place]));
  const lengths = Array.from({ length: longestRound }, (_, index) => index + 1);
  for (const fact of facts) {
    rest.push(fact);
    const round = lengths.find((length) => isRepeat(length, length));
    if (round !== undefined) rest.splice(-round);
  }
  const begun = lengths
    .toReversed()
    .find((length) => !rest.slice(-length).some(isEnd) && lengths.some((round) => isRepeat(length, round)));
  if (begun !== undefined) rest.splice(-begun);
  return rest;
}

/** The process has ended, or is told to. */
function isEnd(fact: Fact): boolean {
  if ('action' in fact) return fact.action === 'exec_die';
  return 'method' in fact ? /\/(?:DeleteProcess|Kill)$/.test(fact.method) : fact.topic === '/tasks/exit';
}

function isEqual(one: Fact, other: Fact | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
