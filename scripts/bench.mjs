/**
 * `npm run bench`: builds the measurements into one file and runs it; then the weight of the page. Nothing is asserted.
 */
import { spawnSync } from 'node:child_process';
import { build } from 'vite';
import { ensurePage } from './build.mjs';
import { root } from './install.mjs';

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: 'src/headless/bench-main.ts',
    target: 'node20',
    outDir: '.cache/bench',
    // A file a module, so that the profile can say in which folder the time goes.
    rolldownOptions: { output: { entryFileNames: '[name].mjs', preserveModules: true } },
    minify: false,
  },
});
spawnSync(process.execPath, ['.cache/bench/src/headless/bench-main.mjs'], { cwd: root, stdio: 'inherit' });
ensurePage();
spawnSync(process.execPath, ['scripts/budget.mjs'], { cwd: root, stdio: 'inherit' });
