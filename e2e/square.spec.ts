import { expect, test, type Page } from '@playwright/test';
import { complaintsOf, run, terminal, toEnd, visit } from './visit.ts';

/**
 * What becomes of containers when dockerd ends, in order or killed, with live-restore off and on: the recorded square
 * (vm-11a, vm-11b, vm-12b, vm-12d), played on the stage. `web` has the policy "always", `one` has none.
 */
const cells = [
  { signal: 'TERM', liveRestore: false },
  { signal: 'TERM', liveRestore: true },
  { signal: 'KILL', liveRestore: false },
  { signal: 'KILL', liveRestore: true },
] as const;

for (const { signal, liveRestore } of cells) {
  test(`SIG${signal} to dockerd, live-restore ${liveRestore ? 'on' : 'off'}`, async ({ page }) => {
    const complaints = complaintsOf(page);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page);
    const ticking = "sh -c 'while :; do echo tick; sleep 1; done'";
    await run(
      page,
      `docker run -d --restart always --name web busybox ${ticking}; docker run -d --name one busybox sleep 99`,
    );
    const before = await pidsOf(page);

    if (liveRestore) await choose(page, /^Live-restore on/);
    await choose(page, new RegExp(`^${signal}$`));
    await expect(terminal(page)).toContainText(`kill -${signal} ${before.dockerd}`);
    // Neither signal ends a container by itself: at this moment all are there, whoever their daemon was.
    expect(await pidsOf(page)).toMatchObject({ web: before.web, one: before.one, shim: before.shim });

    await run(page, 'sleep 20');
    const after = await pidsOf(page);
    expect(after.dockerd).not.toBe(before.dockerd);
    expect(after.containerd).toBe(before.containerd);
    if (liveRestore) {
      expect(after).toMatchObject({ web: before.web, one: before.one, shim: before.shim });
    } else {
      expect(after.web).not.toBe(before.web);
      expect(after.one).toBeNull();
      await expect(page.locator('.frame', { hasText: 'one' })).toContainText('exited');
    }
    await isChildOfItsShim(page);

    await run(page, "docker ps -a --format '{{.Names}}: {{.Status}}'");
    await expect(terminal(page)).toContainText(liveRestore ? /one: Up \d+ seconds/ : /one: Exited \(137\)/);
    await expect(terminal(page)).toContainText(/web: Up \d+ seconds/);
    expect(complaints).toEqual([]);
  });
}

/** Opens the menu of dockerd by its right button, and takes what is called so. */
async function choose(page: Page, name: RegExp): Promise<void> {
  await page.locator('button.process[data-kind="dockerd"]').click({ button: 'right' });
  await page.getByRole('menuitem', { name }).click();
  await toEnd(page);
}

/** Host pids of those on the stage; null for who is not there, or has ended. */
async function pidsOf(page: Page) {
  return page.evaluate(() => {
    const alive = [...document.querySelectorAll<HTMLElement>('button.process:not([data-zombie])')];
    const pidWhere = (kind: string, title: RegExp): number | null => {
      const found = alive.find(({ dataset, innerText }) => dataset['kind'] === kind && title.test(innerText));
      return found === undefined ? null : Number(found.dataset['pid']);
    };
    return {
      dockerd: pidWhere('dockerd', /^dockerd/),
      containerd: pidWhere('containerd', /^containerd/),
      shim: pidWhere('shim', /^shim/),
      web: pidWhere('container', /^sh\b/),
      one: pidWhere('container', /^sleep/),
    };
  });
}

/** The inspector of web's first process: whoever dockerd is by now, its parent is a shim, and the shim's systemd. */
async function isChildOfItsShim(page: Page): Promise<void> {
  const inspector = page.getByTestId('inspector');
  await page.locator('button.process[data-kind="container"]', { hasText: /^sh\b/ }).first().click();
  await inspector.getByTestId('parent').getByRole('button', { name: /^shim/ }).click();
  await expect(inspector.getByTestId('parent')).toContainText('systemd 1');
  await page.keyboard.press('Escape');
}
