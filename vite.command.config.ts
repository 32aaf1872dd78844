import { defineConfig } from 'vite';

/** The command `glassdock` and the library, for Node, with everything in them: they run without node_modules. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist-cli',
    rolldownOptions: {
      input: { glassdock: 'src/headless/main.ts', library: 'src/host/glassdock.ts' },
      output: { entryFileNames: '[name].mjs', chunkFileNames: 'machine.mjs' },
    },
  },
});
