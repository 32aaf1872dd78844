/** `npm run swarm -- --runs N --seed S --steps K`: builds the swarm into one file and runs it. */
import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';
import { buildSwarm } from './swarm-build.mjs';

const program = await buildSwarm('main', 'swarm.mjs');
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
