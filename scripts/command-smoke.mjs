/** The built command and library, used as a stranger does after `npm run build`: they must answer, the same twice. */
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
const { boot } = await import('glassdock');
const machine = await boot();
const greeting = await machine.spawn('echo', ['hello']);
if ((await greeting.exit) !== 0) {
  console.error(`the library's machine ended echo with ${await greeting.exit}`);
  process.exit(1);
}
machine.teardown();
console.log(`npx glassdock run -c 'echo hello from the host' printed: ${first.stdout.trim()}`);

function once() {
  const self = process.env.npm_execpath?.replace(/npm-cli\.js$/, 'npx-cli.js');
  const options = { cwd: root, encoding: 'utf8' };
  if (self?.endsWith('npx-cli.js') === true) return spawnSync(process.execPath, [self, ...words], options);
  return spawnSync('npx', words, { ...options, shell: false });
}
