/** Builds one of the swarm's programs into one file of `dist-cli`. */
import { build } from 'vite';
import { root } from './install.mjs';

/** @param name of the file under `src/swarm`; @param output its name in `dist-cli`. Returns its path. */
export async function buildSwarm(name, output) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: `src/swarm/${name}.ts`,
      target: 'node20',
      outDir: 'dist-cli',
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: output, codeSplitting: false } },
    },
  });
  return `dist-cli/${output}`;
}
