/**
 * `npm run bench`: builds the measurements and runs them; then the weight of the page. Nothing is asserted.
 */
import { spawnSync } from 'node:child_process';
import { buildProgram } from './build-program.mjs';
import { ensurePage } from './build.mjs';
import { root } from './install.mjs';

await measure('bench-main', false);
await measure('profile-main', true);
ensurePage();
spawnSync(process.execPath, ['scripts/budget.mjs'], { cwd: root, stdio: 'inherit' });

/** A file a module tells a profile which folder the time goes to; in one file, as people run it, all is faster. */
async function measure(entry, isFileAModule) {
  await buildProgram(`src/headless/${entry}.ts`, {
    outDir: `.cache/${entry}`,
    rolldownOptions: { output: { entryFileNames: '[name].mjs', preserveModules: isFileAModule } },
    minify: false,
  });
  const built = isFileAModule ? `src/headless/${entry}` : entry;
  spawnSync(process.execPath, [`.cache/${entry}/${built}.mjs`], { cwd: root, stdio: 'inherit' });
}
