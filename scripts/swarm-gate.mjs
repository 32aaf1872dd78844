/**
 * The swarm as a gate: 200 runs of 200 commands, in two processes at once, then the drills, and the coverage of all of
 * them, which counts one: every state and every transition of the machines is reached. Writes to the file that is named
 * how many passed and failed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { root } from './install.mjs';
import { buildSwarm } from './swarm-build.mjs';

const runs = 200;
const processes = 2;
const each = runs / processes;

const record = process.argv[2] ?? '.cache/swarm.json';
const program = await buildSwarm('main', 'swarm.mjs');
const table = await buildSwarm('table', 'swarm-table.mjs');
const drilled = `${record}.drills`;
const paths = Array.from({ length: processes }, (_, index) => `${record}.${index}`);
for (const path of [...paths, drilled]) rmSync(path, { force: true });
const statuses = await Promise.all(
  paths.map((path, index) => ended([program, '--runs', each, '--seed', 1 + index * each, '--record', path])),
);
statuses.push(await ended([program, '--drills', 'src/swarm/drills.txt', '--record', drilled]));
const written = [...paths, drilled].filter(existsSync);
const covered = spawnSync(process.execPath, [table, ...written], { cwd: root, stdio: 'inherit' }).status === 0;
const [random, drills] = [paths, [drilled]].map(outcomesIn);
// A process that ended before its last run has written fewer lines than it was to.
const failed = runs - random.passed + drills.failed + (covered ? 0 : 1);
writeFileSync(record, JSON.stringify({ passed: random.passed + drills.passed + (covered ? 1 : 0), failed }));
process.exitCode = failed === 0 && statuses.every((status) => status === 0) ? 0 : 1;

/** How many of the runs that these files tell of passed, and how many failed. */
function outcomesIn(files) {
  const lines = files.filter(existsSync).flatMap((path) => readFileSync(path, 'utf8').split('\n').filter(Boolean));
  const passed = lines.filter((line) => !JSON.parse(line).failed).length;
  return { passed, failed: lines.length - passed };
}

function ended(words) {
  return new Promise((resolve) => {
    spawn(process.execPath, words.map(String), { cwd: root, stdio: 'inherit' }).on('close', resolve);
  });
}
