#!/usr/bin/env node
import { existsSync } from 'node:fs';

const command = new URL('../dist-cli/glassdock.mjs', import.meta.url);
if (existsSync(command)) {
  await import(command.href);
} else {
  console.error('glassdock: the command has not been built yet; run "npm run build" in the project first');
  process.exitCode = 1;
}
