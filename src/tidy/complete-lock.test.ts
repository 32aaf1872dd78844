import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the lock file names every platform and no registry, so that npm ci works anywhere', () => {
  const complaint = execFileSync(process.execPath, ['scripts/complete-lock.mjs', '--check'], { encoding: 'utf8' });

  expect(complaint).toBe('');
});
