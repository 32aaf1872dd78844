import { expect, test, type Page } from '@playwright/test';
import { complaintsOf, leaveTerminal, run, settled, terminal, toEnd, type, visit } from './visit.ts';

const turn = 'runc create has exited.';

/** Back to the container's change of parents, by the key for the one before. */
async function toReparenting(page: Page): Promise<void> {
  await leaveTerminal(page);
  await page.keyboard.press('Shift+P');
  await expect(page.locator('.caption')).toContainText(turn);
}

function inspector(page: Page) {
  return page.getByTestId('inspector');
}

test('type the command, step to the reparenting, look around, branch, bring back, and share the moment', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  await visit(page);
  await run(page, 'docker run -d --name web nginx');
  await run(page, 'docker ps');
  await expect(terminal(page)).toContainText('CONTAINER ID');

  await toReparenting(page);
  await page.locator('button.process', { hasText: 'runc init' }).first().click();
  await expect(inspector(page)).toContainText('runc create');
  await expect(inspector(page).locator('b', { hasText: 'shim' })).toBeVisible();
  await expect(inspector(page).locator('s', { hasText: 'runc create' })).toBeVisible();

  // On the stage the arrows lead from process to process.
  await page.getByRole('slider').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(inspector(page)).toContainText('runc create');
  await expect(inspector(page).locator('s', { hasText: 'runc create' })).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.caption')).toContainText(turn);
  await expect(inspector(page).locator('s', { hasText: 'runc create' })).toBeVisible();

  const address = await page.evaluate(async () => {
    let last = '';
    while (last !== location.hash || last === '') {
      last = location.hash;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    return location.href;
  });

  await type(page, 'echo branched');
  await expect(page.getByText('One later command is put aside.')).toBeVisible();
  await toEnd(page);
  await expect(terminal(page)).toContainText('branched');
  await expect(terminal(page)).not.toContainText('CONTAINER ID');
  await page.getByRole('button', { name: /bring/i }).click();
  // The machine runs the old future anew, beside the page.
  await expect(async () => {
    await toEnd(page);
    await expect(terminal(page)).toContainText('CONTAINER ID', { timeout: 500 });
  }).toPass();

  await page.goto('about:blank');
  await page.goto(address);
  await expect(page.locator('.caption')).toContainText(turn);
  await settled(page);
  await expect(page.locator('.caption')).toContainText(turn);
  expect(complaints).toEqual([]);
});

test('in a frame with an opaque origin a command can be run and played', async ({ page, baseURL }) => {
  const complaints = complaintsOf(page);
  const body = `<iframe sandbox="allow-scripts" src="${baseURL}" width="700" height="480"></iframe>`;
  await page.route('**/a-post-with-a-frame', (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto('a-post-with-a-frame');
  const frame = page.frameLocator('iframe');
  await frame.getByRole('button', { name: /Run/ }).first().click();
  await expect(frame.locator('.caption')).not.toContainText('made of glass');
  await expect(frame.locator('button.process', { hasText: 'docker' }).first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test('a link that is no link of ours is told of, and a fresh machine is there all the same', async ({ page }) => {
  const complaints = complaintsOf(page);
  await visit(page, './#1.this-is-no-history');
  await expect(page.locator('.notices')).not.toBeEmpty();
  await run(page, 'echo alive');
  await expect(terminal(page)).toContainText('alive');
  expect(complaints).toEqual([]);
});

test('a second terminal sees the same machine', async ({ page }) => {
  await visit(page);
  await run(page, 'docker run -d --name web busybox sleep 1000');
  await page
    .getByRole('button', { name: /terminal|shell/i })
    .first()
    .click();
  await expect(terminal(page)).toContainText('root@glassdock:~#');
  await run(page, 'docker ps --format "{{.Names}} runs"');
  await expect(terminal(page)).toContainText('web runs');
});

test('a link keeps the shell in front', async ({ page, context }) => {
  await visit(page);
  await run(page, 'docker run -d --name web busybox sleep 1000');
  const before = page.url();
  for (let shells = 1; shells < 3; shells += 1) await page.getByRole('button', { name: 'Open another shell' }).click();
  await settled(page);
  await page.getByRole('tab', { name: 'Shell 2' }).click();
  await leaveTerminal(page);
  await expect.poll(() => page.url()).not.toBe(before);
  await page.waitForTimeout(1000);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('tab', { name: 'Shell 3' })).toBeVisible();
  await expect(other.getByRole('tab', { name: 'Shell 2' })).toHaveAttribute('aria-selected', 'true');
});

test('start over begins with the offer and an empty address, and is undone by one click', async ({ page }) => {
  await visit(page);
  await run(page, 'docker run -d --name web nginx');
  await expect(page).toHaveURL(/#1\./);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  const moment = await page.locator('.caption').innerText();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Start over' }).click();
  await expect(page.locator('.caption')).toContainText('made of glass');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  expect(page.url()).not.toContain('#');
  await page.locator('.notices').getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.caption')).toHaveText(moment, { useInnerText: true });
});
