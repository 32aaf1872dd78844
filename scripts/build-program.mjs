/** Builds a program of `src` for Node. */
import { build } from 'vite';
import { root } from './install.mjs';

/** @param source of its entry; @param options of Vite's `build` beside what all programs have. */
export async function buildProgram(source, options) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, target: 'node' },
    build: { ssr: source, target: 'node20', ...options },
  });
}
