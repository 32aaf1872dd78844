/**
 * `npm run build`: the page into dist/, the command and the library into dist-cli/. npx and Node find the command and
 * the library of the project they are called in by themselves, so nothing has to be linked.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, requireNode, root } from './install.mjs';

const sources = ['src', 'public', 'scripts', 'index.html', 'vite.config.ts', 'package-lock.json'];

/** Builds the page when a source is newer than it. Throws when the build fails; Vite has printed why. */
export function ensurePage() {
  const page = join(root, 'dist/index.html');
  if (!existsSync(page) || newestOf(sources) > statSync(page).mtimeMs) vite('build');
}

function vite(...words) {
  const { status } = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', ...words], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`vite ${words.join(' ')} failed`);
}

/** The newest change below the given paths; a folder's own time tells that a file in it has gone. */
function newestOf(paths) {
  let newest = 0;
  for (const path of paths.filter((name) => existsSync(join(root, name)))) {
    newest = Math.max(newest, statSync(join(root, path)).mtimeMs);
    if (!statSync(join(root, path)).isDirectory()) continue;
    const inside = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' });
    for (const name of inside) newest = Math.max(newest, statSync(join(root, path, name)).mtimeMs);
  }
  return newest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNode();
  try {
    ensureInstalled();
    vite('build');
    vite('build', '--config', 'vite.command.config.ts');
  } catch (failure) {
    console.error(failure instanceof Error ? failure.message : failure);
    process.exit(1);
  }
}
