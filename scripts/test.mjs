/**
 * `npm test`: the one gate. Installs what is missing, runs every check in order and closes with one line
 * `N passed, N failed`: each unit test and each journey counts one, and so does every other gate. A failed gate does
 * not stop the later ones; without a build the gates that need one fail with a sentence.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled, requireNode, root } from './install.mjs';

const records = join(root, '.cache');
// Named, for without folders the linter walks everything it finds.
const code = ['src', 'scripts', 'bin', 'e2e', 'vite.config.ts', 'vite.command.config.ts', 'playwright.config.ts'];
const total = { passed: 0, failed: 0 };
const failedGates = [];

requireNode();
mkdirSync(records, { recursive: true });
gate('install', () => ensureInstalled());
gate('format', () => tool('oxfmt/bin/oxfmt', '--check'));
gate('lint', () => tool('oxlint/bin/oxlint', '--deny-warnings', ...code));
gate('types', () => node('scripts/types.mjs'));
gate('dead code', () => tool('knip/bin/knip.js'));
gate('unit tests', () => {
  const record = freshRecord('unit.json');
  const words = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${record}`];
  const status = run(process.execPath, [bin('vitest/vitest.mjs'), ...words]);
  const { numPassedTests, numFailedTests, testResults } = readRecord(record, 'vitest');
  // A file that cannot even be loaded has no tests to fail.
  const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return counts(numPassedTests, numFailedTests + unloadable.length, status);
});
gate('build', () => node('scripts/build.mjs'));
gate('first view', () => node('scripts/budget.mjs'));
gate('command', () => node('scripts/command-smoke.mjs'));
gate('swarm', () => {
  const record = freshRecord('swarm.json');
  const status = run(process.execPath, ['scripts/swarm-gate.mjs', record]);
  const { passed, failed } = readRecord(record, 'the swarm');
  return counts(passed, failed, status);
});
const port = await freePort();
gate('journeys', () => {
  if (!existsSync(join(root, 'dist/index.html'))) throw new Error('There is no build to visit.');
  const environment = { ...process.env, CHROMIUM_PATH: ensureChromium(), GLASSDOCK_TEST_PORT: String(port) };
  const record = freshRecord('journeys.json');
  const status = run(process.execPath, [bin('@playwright/test/cli.js'), 'test'], environment);
  const { expected, unexpected, flaky, skipped } = readRecord(record, 'Playwright').stats;
  return counts(expected, unexpected + flaky + skipped, status);
});

if (failedGates.length > 0) console.log(`\nFailed: ${failedGates.join(', ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** Runs one gate and adds what it counted; a gate that counts nothing itself is one. */
function gate(name, check) {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  let result;
  try {
    result = check() ?? { passed: 1, failed: 0 };
  } catch (failure) {
    console.error(failure instanceof Error ? failure.message : failure);
    result = { passed: 0, failed: 1 };
  }
  total.passed += result.passed;
  total.failed += result.failed;
  if (result.failed > 0) failedGates.push(name);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`── ${name}: ${result.failed === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
}

/** A runner that ends badly with no failed test (no tests, an error outside of them) is one failure. */
function counts(passed, failed, status) {
  return { passed, failed: failed === 0 && (status !== 0 || passed === 0) ? 1 : failed };
}

function tool(path, ...words) {
  node(bin(path), ...words);
}

function node(...words) {
  const status = run(process.execPath, words);
  if (status !== 0) throw new Error(`${words[0].replace(root, '')} ended with ${status}`);
}

function run(program, words, env = process.env) {
  return spawnSync(program, words, { cwd: root, stdio: 'inherit', env }).status;
}

function bin(path) {
  return join(root, 'node_modules', path);
}

function freshRecord(name) {
  rmSync(join(records, name), { force: true });
  return join(records, name);
}

function readRecord(path, runner) {
  if (!existsSync(path)) throw new Error(`${runner} ended without a record of its tests`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}
