import { expect, test, type Page } from '@playwright/test';

/** What the page complains of: refused styles, scripts and connections are console errors. */
function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

test('the page works under a policy without unsafe-inline and unsafe-eval', async ({ page }) => {
  const complaints = complaintsOf(page);

  const response = await page.goto('./');
  await expect(page.locator('#root')).not.toBeEmpty();
  await page.waitForLoadState('networkidle');

  expect(response?.headers()['content-security-policy']).toContain("script-src 'self'");
  expect(complaints).toEqual([]);
});

test('the page works in a frame with sandbox="allow-scripts", where its origin is opaque', async ({
  page,
  baseURL,
}) => {
  const complaints = complaintsOf(page);
  const body = `<iframe sandbox="allow-scripts" src="${baseURL}" width="700" height="480"></iframe>`;
  await page.route('**/a-post-with-a-frame', (route) => route.fulfill({ contentType: 'text/html', body }));

  await page.goto('a-post-with-a-frame');
  const frame = page.frameLocator('iframe');
  await expect(frame.locator('#root')).not.toBeEmpty();
  await page.waitForLoadState('networkidle');
  // It brings along what it says of itself: no link leads out of such a frame.
  await frame.getByRole('button', { name: 'More' }).click();
  await frame.getByRole('menuitem', { name: 'About this model' }).click();
  await expect(frame.getByRole('dialog')).toContainText('Builds, user networks and swarm are not modelled');

  expect(complaints).toEqual([]);
});
