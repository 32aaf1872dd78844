/**
 * The swarm as a gate: 200 runs of 200 commands, in two processes at once, and the coverage of all of them. Writes to
 * the file that is named how many passed and failed.
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
const paths = Array.from({ length: processes }, (_, index) => `${record}.${index}`);
for (const path of paths) rmSync(path, { force: true });
await Promise.all(
  paths.map((path, index) => ended([program, '--runs', each, '--seed', 1 + index * each, '--record', path])),
);
const written = paths.filter(existsSync);
spawnSync(process.execPath, [table, ...written], { cwd: root, stdio: 'inherit' });
const lines = written.flatMap((path) => readFileSync(path, 'utf8').split('\n').filter(Boolean));
const passed = lines.filter((line) => !JSON.parse(line).failed).length;
writeFileSync(record, JSON.stringify({ passed, failed: runs - passed }));
process.exitCode = passed === runs ? 0 : 1;

function ended(words) {
  return new Promise((resolve) => {
    spawn(process.execPath, words.map(String), { cwd: root, stdio: 'inherit' }).on('close', resolve);
  });
}
