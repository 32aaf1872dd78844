/** Compiles each side of the project with the globals that exist there; the tsconfig files say which those are. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const sides = {
  machine: 'src/kernel',
  headless: 'src/recordings',
  worker: 'src/worker',
  page: 'src/app',
  test: 'src/tidy',
};
let failed = false;
for (const [side, folder] of Object.entries(sides)) {
  if (!existsSync(new URL(`../${folder}`, import.meta.url))) continue;
  const compiler = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', `tsconfig.${side}.json`], {
    cwd: new URL('..', import.meta.url),
    stdio: 'inherit',
  });
  console.log(`types of ${side}: ${compiler.status === 0 ? 'right' : 'wrong'}`);
  failed ||= compiler.status !== 0;
}
process.exit(failed ? 1 : 0);
