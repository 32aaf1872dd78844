/** Builds one of the swarm's programs into one file of `dist-cli`. */
import { buildProgram } from './build-program.mjs';

/** @param name of the file under `src/swarm`; @param output its name in `dist-cli`. Returns its path. */
export async function buildSwarm(name, output) {
  await buildProgram(`src/swarm/${name}.ts`, {
    outDir: 'dist-cli',
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: output, codeSplitting: false } },
  });
  return `dist-cli/${output}`;
}
