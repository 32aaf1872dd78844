/** How often the parts of the engine were compared, and how often not: no excuse may hold too often. */

/** Of steps: those after which the parts were compared, and why not after the others. Of containers likewise. */
export type Counts = Record<StepCount | ContainerCount, number>;
export type StepCount = 'compared' | 'under way' | 'no dockerd' | 'no containerd';
type ContainerCount = 'containers' | 'somebody of it stands still' | 'somebody of it was away';

/** Of the steps of many runs, those that may go by without a comparison. */
const mostSteps = 0.3;
/** Of the containers that were compared, those about which something may be wrong. */
const mostContainers = 0.1;
/** Of fewer steps the shares say nothing. */
const leastSteps = 1000;

export function noCounts(): Counts {
  return {
    compared: 0,
    'under way': 0,
    'no dockerd': 0,
    'no containerd': 0,
    containers: 0,
    'somebody of it stands still': 0,
    'somebody of it was away': 0,
  };
}

export function addCounts(total: Counts, counts: Counts): void {
  for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name];
}

const stepsOf = (counts: Counts): number =>
  counts.compared + counts['under way'] + counts['no dockerd'] + counts['no containerd'];

/** One line for people. */
export function told(counts: Counts): string {
  const { compared, containers } = counts;
  const why = (['under way', 'no dockerd', 'no containerd'] as const).map((name) => `${name} ${counts[name]}`);
  const excuses = (['somebody of it stands still', 'somebody of it was away'] as const).map(
    (name) => `${name} ${counts[name]}`,
  );
  return (
    `compared after ${compared} of ${stepsOf(counts)} steps (${why.join(', ')}); ` +
    `${containers} containers, of them excused: ${excuses.join(', ')}`
  );
}

/** What was excused too often, a sentence each. */
export function excusedTooOften(counts: Counts): readonly string[] {
  const steps = stepsOf(counts);
  if (steps < leastSteps) return [];
  const excused = counts['somebody of it stands still'] + counts['somebody of it was away'];
  return [
    ...(counts.compared < steps * (1 - mostSteps) ? [`only ${counts.compared} of ${steps} steps were compared`] : []),
    ...(excused > counts.containers * mostContainers
      ? [`of ${counts.containers} containers ${excused} were excused`]
      : []),
  ];
}
