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
    outDir: 'dist-cli',
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: 'bench.mjs', codeSplitting: false } },
  },
});
spawnSync(process.execPath, ['dist-cli/bench.mjs'], { cwd: root, stdio: 'inherit' });
ensurePage();
spawnSync(process.execPath, ['scripts/budget.mjs'], { cwd: root, stdio: 'inherit' });
