import { expect, test } from '@playwright/test';
import { run, type, visit } from './visit.ts';

test('every command plays by itself, not only the first', async ({ page }) => {
  const caption = page.locator('.caption');
  await visit(page);
  await run(page, 'docker run -d --name web busybox sleep 1000');
  await expect(caption).toContainText('shows its prompt again');
  await type(page, 'docker ps');
  await expect(caption).toContainText('docker sends dockerd a request');
  await expect(caption).toContainText('shows its prompt again', { timeout: 20_000 });
});
