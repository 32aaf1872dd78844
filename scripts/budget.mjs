/**
 * The weight of the page's first view: every script that index.html loads before a person does anything, gzipped.
 * Chunks that are imported later (the terminal emulator) and the worker (loaded beside the page) are listed, not
 * counted.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './install.mjs';

const limitBytes = 250_000;
const dist = join(root, 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const counted = new Set();
for (const chunk of Object.values(manifest)) if (chunk.isEntry) addWithImports(chunk);

let total = 0;
const scripts = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.js'));
for (const name of scripts) {
  const file = `assets/${name}`;
  const bytes = gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
  if (counted.has(file)) total += bytes;
  console.log(`${kilobytes(bytes).padStart(9)}  ${counted.has(file) ? 'first view' : 'later     '}  ${file}`);
}
console.log(
  `${kilobytes(total).padStart(9)}  of JavaScript in the first view, gzipped; at most ${kilobytes(limitBytes)}`,
);
if (total === 0 || total > limitBytes) {
  console.error(total === 0 ? 'The first view loads no script: is dist/ complete?' : 'The first view is too heavy.');
  process.exit(1);
}

function addWithImports(chunk) {
  if (counted.has(chunk.file)) return;
  counted.add(chunk.file);
  for (const name of chunk.imports ?? []) addWithImports(manifest[name]);
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
