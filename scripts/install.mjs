/** Brings node_modules up to the lock file. Uses Node's own modules only: it runs before anything is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder, where every command of the project runs. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const oldestNode = [20, 19];

/** Ends with a sentence when this Node is too old to go on with. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  console.error(`Glassdock needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Installs what the lock file names and node_modules lacks. Throws when npm cannot. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.log('Installing the packages of package-lock.json …');
  if (npm('ci') === 0) return;
  // A registry mirror that lacks another platform's package makes `npm ci` give up; what is needed here may be there.
  console.log('npm ci did not succeed; trying npm install with the same lock file …');
  if (npm('install', '--no-save') === 0 && isInstalled()) return;
  throw new Error('npm could not install the packages of package-lock.json; its own messages are above');
}

/** Compares the lock file with npm's own account of what it installed; packages for other platforms may be missing. */
function isInstalled() {
  const account = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(account)) return false;
  const installed = packagesOf(account);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional === true && installed[path] === undefined),
  );
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

function npm(...words) {
  const options = { cwd: root, stdio: 'inherit' };
  const self = process.env.npm_execpath;
  if (self?.endsWith('npm-cli.js') === true) return spawnSync(process.execPath, [self, ...words], options).status;
  return spawnSync(['npm', ...words].join(' '), { ...options, shell: true }).status;
}
