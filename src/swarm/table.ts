/**
 * What the gate starts after its runs: the coverage of all of them together, from the files that they wrote. Fails when
 * a transition has never been taken: then a drill is missing, or the transition is to be deleted.
 */
import { readFileSync } from 'node:fs';
import { coverageTable } from './coverage.ts';

const transitions = new Set<string>();
let runs = 0;
for (const path of process.argv.slice(2)) {
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    runs += 1;
    const { taken } = JSON.parse(line) as { readonly taken: readonly string[] };
    for (const name of taken) transitions.add(name);
  }
}
const { lines, missing } = coverageTable(transitions);
for (const line of lines) console.log(line);
for (const name of missing) console.log(`never: ${name}`);
console.log(`${runs} runs, ${missing.length} transitions never taken`);
process.exitCode = missing.length === 0 ? 0 : 1;
