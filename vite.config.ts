import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { strictStyles } from './scripts/strict-styles.mjs';

/**
 * The page. Every address is relative, so that `dist/` works in any folder of any server.
 *
 * The worker is emitted as one file without imports (`iife`): in an `<iframe sandbox="allow-scripts">` the page has an
 * opaque origin and a worker script by address is refused as cross-origin. The page then fetches the script's text
 * and starts it from a Blob, where a relative import would find nothing:
 *
 *     import workerAddress from '../worker/machine.worker.ts?worker&url';
 *     const script = await (await fetch(workerAddress)).blob();
 *     new Worker(URL.createObjectURL(script));
 */
export default defineConfig({
  base: './',
  plugins: [react(), tailwind(), strictStyles()],
  worker: { format: 'iife' },
  build: {
    target: 'es2023',
    manifest: true,
    // A data: address would need `worker-src data:` and `font-src data:`; files are cached better anyway.
    assetsInlineLimit: 0,
    // Every supported browser preloads modules itself.
    modulePreload: { polyfill: false },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    pool: 'threads',
    maxWorkers: 2,
    // Modules hold no state of their own, so test files may share a thread.
    isolate: false,
    watch: false,
    // A net for what never ends, not a measure of speed: a machine may be busy with other things.
    testTimeout: 120_000,
  },
});
