import { expect, test, type Page } from '@playwright/test';
import { complaintsOf, holdMachine, leaveTerminal, run, settled, toEnd, type, visit } from './visit.ts';

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visit(page);
});

test('what is the matter with a container stands on it: full, frozen, out of memory, unhealthy, restarting', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  await run(page, 'docker run -d -m 20m --name web busybox sleep 99');
  await expect(frame(page, 'web')).toContainText('/20 MiB');

  await choose(page, 'web', /^Freeze it/);
  await expect(frame(page, 'web')).toContainText('frozen');
  await choose(page, 'web', /^Thaw it/);
  await expect(frame(page, 'web')).not.toContainText('frozen');

  await run(page, 'docker rm -f web; docker run -m 20m --name big busybox tail /dev/zero');
  await expect(frame(page, 'big')).toContainText('OOM kill');
  await run(page, 'docker rm big');
  await run(
    page,
    'docker run -d --name ill --health-cmd false --health-retries 1 --health-interval 2s busybox sleep 9',
  );
  await expect(frame(page, 'ill')).toContainText('health: starting');
  await run(page, 'sleep 4');
  await expect(frame(page, 'ill')).toContainText('unhealthy');
  await run(page, 'docker rm -f ill; docker run -d --restart always --name again busybox false; sleep 3');
  await expect(frame(page, 'again')).toContainText(/restart \d in \d/);
  expect(complaints).toEqual([]);
});

test('the menu offers what makes sense: who is stopped can go on, what was taken away can be brought back', async ({
  page,
}) => {
  const dockerd = page.locator('button.process[data-kind="dockerd"]');
  const systemd = page.locator('button.process[data-kind="systemd"]');
  await expect(await menuOf(page, dockerd)).toHaveText([/TERM/, /KILL/, /STOP/, /INT/, /HUP/, /USR1/]);
  await page.getByRole('menuitem', { name: 'STOP', exact: true }).click();
  await toEnd(page);
  await expect(dockerd).toContainText('stopped');
  await expect(await menuOf(page, dockerd)).toHaveText([/TERM/, /KILL/, /CONT/, /INT/, /HUP/, /USR1/]);
  await page.keyboard.press('Escape');

  await systemd.click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Take runc away/ }).click();
  await toEnd(page);
  await systemd.click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: /^Bring runc back/ })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: /^Take runc away/ })).toHaveCount(0);
});

test('a request to a published port flies through docker-proxy, and who listens tells its signals', async ({
  page,
}) => {
  await run(page, 'docker run -d -p 8080:80 --name web nginx');
  const proxies = page.locator('button.process', { hasText: 'docker-proxy' });
  await expect(proxies).toContainText(['IPv4 8080 → web', 'IPv6 8080 → web']);
  for (const [number, asked] of ['127.0.0.1:8080', '[::1]:8080'].entries()) {
    await type(page, `curl 'http://${asked}/' >/dev/null`);
    await settled(page);
    await leaveTerminal(page);
    await page.keyboard.press('Home');
    for (const told of [`sends “GET /” to ${asked}`, 'docker-proxy sends the same on to web']) {
      await stepTo(page, told);
      await expect(page.locator('.message[data-protocol="TCP"] .packet-label').last()).toHaveText('GET /');
      await expect(proxies.nth(number)).toHaveAttribute('data-focus', 'true');
    }
    await toEnd(page);
  }

  await page.locator('button.process[data-kind="container"]').first().click();
  const inspector = page.getByTestId('inspector');
  await expect(inspector.getByTestId('signals')).toContainText(/SigCgt\s*handled\s*.*TERM/);
  await expect(inspector.getByTestId('oom-score')).toContainText(/\b0\s*the OOM killer goes by its memory alone/);
});

/** Steps on until the caption says so. */
async function stepTo(page: Page, told: string): Promise<void> {
  const caption = page.locator('.caption');
  const forward = page.getByRole('button', { name: 'Step forward' });
  while (!(await caption.innerText()).includes(told)) {
    await expect(forward, told).not.toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('ArrowRight');
  }
}

function frame(page: Page, name: string) {
  return page.getByRole('group', { name: `container ${name}` });
}

/** Opens the menu of a container, and takes what is called so. */
async function choose(page: Page, name: string, entry: RegExp): Promise<void> {
  await page.getByRole('button', { name: `What can happen to ${name} …` }).click();
  await page.getByRole('menuitem', { name: entry }).click();
  await toEnd(page);
}

/** Opens the menu of a process: the signals in it. */
async function menuOf(page: Page, process: ReturnType<Page['locator']>) {
  await process.click({ button: 'right' });
  return page.getByRole('menu').locator('.process-menu-entry[data-terse]');
}

test('while a long computation has shown nothing yet, the caption says that it goes on', async ({ page }) => {
  await run(page, 'docker run -d --name web nginx');
  await holdMachine(page);
  await type(page, 'docker ps');
  await expect(page.locator('.caption')).toContainText('The machine is still working out');
});
