/** What `npm run swarm` starts: as many runs as are asked for, and for each failure its seed and shortest commands. */
import { appendFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { coverageTable } from './coverage.ts';
import { parseDrills } from './drills.ts';
import { addCounts, excusedTooOften, noCounts, told } from './counts.ts';
import { commandsOf, drillPatienceNs, runCommands, shortest } from './swarm.ts';
import type { Failure } from './swarm.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200' },
    /** Only says what failed, and does not look for the shortest commands. */
    'no-shrink': { type: 'boolean', default: false },
    /** A file to add a line of JSON to for each run, in place of the table: for who puts several of these together. */
    record: { type: 'string', default: '' },
    /** The drills of a file in the place of random commands. */
    drills: { type: 'string', default: '' },
  },
});
const [runs, first, steps] = [Number(values.runs), Number(values.seed), Number(values.steps)];
if (![runs, first, steps].every(Number.isInteger)) {
  console.error('swarm: --runs N, --seed S and --steps K take whole numbers');
  process.exit(2);
}
const mostSentences = 8;
const transitions = new Set<string>();
let failed = 0;
const total = noCounts();
const lists =
  values.drills === ''
    ? Array.from({ length: runs }, (_, index) => ({ seed: first + index, commands: commandsOf(first + index, steps) }))
    : parseDrills(readFileSync(values.drills, 'utf8')).map(({ commands }) => ({ seed: first, commands }));
const run = (seed: number, commands: readonly string[]) =>
  runCommands(seed, commands, values.drills === '' ? undefined : drillPatienceNs);
for (const { seed, commands } of lists) {
  const { failure, transitions: taken, counts } = run(seed, commands);
  addCounts(total, counts);
  for (const name of taken) transitions.add(name);
  if (values.record !== '')
    appendFileSync(values.record, `${JSON.stringify({ seed, failed: failure !== undefined, taken: [...taken] })}\n`);
  if (failure === undefined) continue;
  failed += 1;
  tell(failure);
}
if (values.record === '') {
  const { lines, missing } = coverageTable(transitions);
  for (const line of lines) console.log(line);
  for (const name of missing) console.log(`never: ${name}`);
  console.log(`${lists.length} runs, ${failed} failed`);
}
console.log(told(total));
// Drills keep daemons away on purpose.
const tooMuch = values.drills === '' ? excusedTooOften(total) : [];
for (const sentence of tooMuch) console.log(`  → ${sentence}`);
process.exitCode = failed === 0 && tooMuch.length === 0 ? 0 : 1;

function tell(failure: Failure): void {
  const isWhole = values['no-shrink'];
  const { commands, step, wrong } = isWhole ? failure : shortest(failure, run);
  console.log(`seed ${failure.seed} fails; ${isWhole ? 'its commands' : 'the shortest commands that still do'}:`);
  for (const command of commands.slice(0, step + 1)) console.log(`  ${command}`);
  for (const sentence of wrong.slice(0, mostSentences)) console.log(`  → ${sentence.slice(0, 1200)}`);
}
