/** What `npm run swarm` starts: as many runs as are asked for, and for each failure its seed and shortest commands. */
import { parseArgs } from 'node:util';
import { coverageTable } from './coverage.ts';
import { commandsOf, runCommands, shortest } from './swarm.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200' },
    /** Only says what failed, and does not look for the shortest commands. */
    'no-shrink': { type: 'boolean', default: false },
  },
});
const [runs, first, steps] = [Number(values.runs), Number(values.seed), Number(values.steps)];
if (![runs, first, steps].every(Number.isInteger)) {
  console.error('swarm: --runs N, --seed S and --steps K take whole numbers');
  process.exit(2);
}
const transitions = new Set<string>();
let failed = 0;
for (let seed = first; seed < first + runs; seed += 1) {
  const { failure, transitions: taken } = runCommands(seed, commandsOf(seed, steps));
  for (const name of taken) transitions.add(name);
  if (failure === undefined) continue;
  failed += 1;
  const short = values['no-shrink'] ? failure : shortest(failure);
  console.log(`seed ${seed} fails; ${values['no-shrink'] ? 'its commands' : 'the shortest commands that still do'}:`);
  for (const command of short.commands.slice(values['no-shrink'] ? short.step - 3 : 0, short.step + 1))
    console.log(`  ${command}`);
  for (const sentence of short.wrong.slice(0, 8)) console.log(`  → ${sentence.slice(0, 1200)}`);
}
const { lines, missing } = coverageTable(transitions);
for (const line of lines) console.log(line);
for (const name of missing) console.log(`never: ${name}`);
console.log(`${runs} runs of ${steps} commands, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
