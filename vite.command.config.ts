import { defineConfig } from 'vite';

/** The command `glassdock`: one file for Node with everything in it, so that it runs without node_modules. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: 'src/headless/main.ts',
    target: 'node20',
    outDir: 'dist-cli',
    rolldownOptions: { output: { entryFileNames: 'glassdock.mjs', codeSplitting: false } },
  },
});
