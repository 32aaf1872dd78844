import { expect, test } from '@playwright/test';
import { run, terminal, toEnd, type, visit } from './visit.ts';

test('a program fills the window that its terminal has, and a link keeps what was said of it', async ({ page }) => {
  await page.setViewportSize({ width: 700, height: 480 });
  await visit(page);
  const rows = () => terminal(page).locator('.xterm-rows > div').count();
  const low = await rows();
  await run(page, 'stty size');
  await expect(terminal(page)).toContainText(`${low} 78`);
  await expect.poll(() => new URL(page.url()).hash).not.toBe('');
  const link = page.url();

  await type(page, 'watch -n 60 seq 30');
  await toEnd(page);
  await expect(terminal(page).locator('.xterm-rows > div').first()).toContainText('Every 60.0s: seq 30');
  await page.getByRole('button', { name: 'A larger terminal' }).click();
  await expect.poll(rows).toBeGreaterThan(low + 3);
  await expect(
    terminal(page)
      .locator('.xterm-rows > div')
      .nth(low + 2),
  ).toHaveText(String(low + 1));
  await expect(terminal(page).locator('.xterm-rows > div').first()).toContainText('Every 60.0s: seq 30');

  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('about:blank');
  await visit(page, link);
  await toEnd(page);
  await expect(terminal(page)).toContainText(`${low} 78`);
});

test('what is typed before the emulator has come is told the size that it will have', async ({ page }) => {
  let letCome = (): void => {};
  const comes = new Promise<void>((resolve) => (letCome = resolve));
  await page.route(/xterm-screen.*\.js$/, async (route) => {
    await comes;
    await route.continue();
  });
  await page.setViewportSize({ width: 700, height: 480 });
  await page.goto('./');
  await expect(page.locator('.terminal-screen')).toContainText('root@glassdock:~#');
  const prompt = page.locator('[data-terminal] input');
  await prompt.fill('stty size');
  await prompt.press('Enter');
  await expect(page.locator('.plain-screen pre')).toContainText(/stty size\n\d+ \d+/);
  const told = /size\n(\d+ \d+)/.exec(await page.locator('.plain-screen pre').innerText())?.[1];
  letCome();
  await expect(terminal(page).locator('.xterm-rows')).toBeVisible();
  await toEnd(page);
  await run(page, 'stty size | tr " " x');
  await expect(terminal(page).locator('.xterm-rows')).toContainText(told?.replace(' ', 'x') ?? 'nothing was told');
});
