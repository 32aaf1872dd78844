/** `npm run swarm -- --runs N --seed S --steps K`: builds the swarm into one file and runs it. */
import { spawnSync } from 'node:child_process';
import { build } from 'vite';
import { root } from './install.mjs';

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: 'src/swarm/main.ts',
    target: 'node20',
    outDir: 'dist-cli',
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: 'swarm.mjs', codeSplitting: false } },
  },
});
const { status } = spawnSync(process.execPath, ['dist-cli/swarm.mjs', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
