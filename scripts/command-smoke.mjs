/** The built command, started as a stranger does after `npm run build`: it must answer, and the same twice. */
import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';

const words = ['--no-install', 'glassdock', 'run', '-c', 'echo hello from the host'];
const [first, second] = [once(), once()];
if (first.status !== 0 || first.stdout !== 'hello from the host\n') {
  console.error(`npx glassdock run ended with ${first.status}, printed "${first.stdout}" and said "${first.stderr}"`);
  process.exit(1);
}
if (first.stdout !== second.stdout) {
  console.error('npx glassdock run printed something else the second time');
  process.exit(1);
}
console.log(`npx glassdock run -c 'echo hello from the host' printed: ${first.stdout.trim()}`);

function once() {
  const self = process.env.npm_execpath?.replace(/npm-cli\.js$/, 'npx-cli.js');
  const options = { cwd: root, encoding: 'utf8' };
  if (self?.endsWith('npx-cli.js') === true) return spawnSync(process.execPath, [self, ...words], options);
  return spawnSync('npx', words, { ...options, shell: false });
}
