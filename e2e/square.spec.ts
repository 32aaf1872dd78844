import { expect, test, type Page } from '@playwright/test';
import { complaintsOf, run, terminal, toEnd, visit } from './visit.ts';

/**
 * What becomes of containers when dockerd ends, in order or killed, with live-restore off and on: the recorded square
 * (vm-11a, vm-11b, vm-11e, vm-12b, vm-12d, vm-12e), played on the stage. `wr` has no policy and prints a numbered line
 * each second, `al` is always to be restarted, `us` unless it was stopped, `ex` ends by itself while dockerd is away.
 */
const start = `
  docker run -d --name wr busybox sh -c 'i=0; while :; do i=$((i+1)); echo line $i; sleep 1; done';
  docker run -d --restart always --name al busybox sleep 999;
  docker run -d --restart unless-stopped --name us busybox tail -f /dev/null`
  .replaceAll(/\s+/g, ' ')
  .trim();
const startBrief = "docker run -d --name ex busybox ash -c 'echo first; sleep 1; echo last words; exit 3'";
const inspect = "echo $(docker inspect -f '{{.Name}} {{.State.Status}} {{.State.ExitCode}}' wr al us ex)";

/** Who is the same process afterwards, who another, who is gone; how each ended; what is in the log of ex. */
const cells = [
  {
    signal: 'TERM',
    liveRestore: false,
    same: [],
    anew: ['al', 'us'],
    gone: ['wr'],
    states: '/wr exited 137 /al running 0 /us running 0 /ex exited 3',
    // dockerd reads on while it stops its containers.
    logOfBrief: 'first last words',
  },
  {
    signal: 'TERM',
    liveRestore: true,
    same: ['wr', 'al', 'us'],
    anew: [],
    gone: [],
    states: '/wr running 0 /al running 0 /us running 0 /ex exited 3',
    logOfBrief: 'first',
  },
  {
    signal: 'KILL',
    liveRestore: false,
    same: [],
    anew: ['al'],
    // The new dockerd stops what it finds, and what somebody has stopped stays down.
    gone: ['wr', 'us'],
    states: '/wr exited 137 /al running 0 /us exited 137 /ex exited 3',
    logOfBrief: 'first',
  },
  {
    signal: 'KILL',
    liveRestore: true,
    same: ['wr', 'al', 'us'],
    anew: [],
    gone: [],
    states: '/wr running 0 /al running 0 /us running 0 /ex exited 3',
    logOfBrief: 'first',
  },
] as const;

for (const { signal, liveRestore, same, anew, gone, states, logOfBrief } of cells) {
  test(`SIG${signal} to dockerd, live-restore ${liveRestore ? 'on' : 'off'}`, async ({ page }) => {
    const complaints = complaintsOf(page);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page);
    if (liveRestore) await choose(page, /^Live-restore on/);
    await run(page, start);
    await run(page, startBrief);
    const before = await pidsOf(page);

    await choose(page, new RegExp(`^${signal}$`));
    await expect(terminal(page)).toContainText(`kill -${signal} ${before.dockerd}`);
    // Neither signal ends a container by itself: at this moment all are there, whoever their daemon was.
    const { wr, al, us, ex, shims } = before;
    expect(await pidsOf(page)).toMatchObject({ wr, al, us, ex, shims });

    await run(page, 'sleep 20');
    const after = await pidsOf(page);
    expect(after.dockerd).not.toBe(before.dockerd);
    expect(after.containerd).toBe(before.containerd);
    for (const name of same) expect(after[name], name).toBe(before[name]);
    // A shim lives as long as its container does, whatever became of the daemons.
    expect(after.shims.filter((pid) => before.shims.includes(pid))).toHaveLength(same.length);
    expect(after.shims).toHaveLength(same.length + anew.length);
    for (const name of anew) {
      expect(after[name], name).not.toBeNull();
      expect(after[name], name).not.toBe(before[name]);
    }
    for (const name of [...gone, 'ex'] as const) {
      expect(after[name], name).toBeNull();
      await expect(page.locator('.frame', { hasText: new RegExp(`^${name}`) })).toContainText('exited');
    }
    await isChildOfItsShim(page);

    // Nothing that wr has printed is lost, and how ex ended is known, whoever was there to see it.
    await run(page, `clear; ${inspect}; docker logs wr >log; echo "log $(wc -l <log): $(tail -n 1 log)"`);
    await expect(terminal(page)).toContainText(states);
    await expect(terminal(page)).toContainText(/log (\d+): line \1\b/);
    await run(page, 'clear; echo ex said: $(docker logs ex).');
    await expect(terminal(page)).toContainText(`ex said: ${logOfBrief}.`);
    expect(complaints).toEqual([]);
  });
}

/** Opens the menu of dockerd by its right button, and takes what is called so. */
async function choose(page: Page, name: RegExp): Promise<void> {
  await page.locator('button.process[data-kind="dockerd"]').click({ button: 'right' });
  await page.getByRole('menuitem', { name }).click();
  await toEnd(page);
}

/** Host pids of those on the stage, told apart by their programs; null for who is not there, or has ended. */
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
      wr: pidWhere('container', /^sh\b/),
      al: pidWhere('container', /^sleep/),
      us: pidWhere('container', /^tail/),
      ex: pidWhere('container', /^ash/),
      shims: alive.filter(({ dataset }) => dataset['kind'] === 'shim').map(({ dataset }) => Number(dataset['pid'])),
    };
  });
}

/** The inspector of al's first process: whoever dockerd is by now, its parent is a shim, and the shim's systemd. */
async function isChildOfItsShim(page: Page): Promise<void> {
  const inspector = page.getByTestId('inspector');
  await page
    .locator('button.process[data-kind="container"]', { hasText: /^sleep/ })
    .first()
    .click();
  await inspector.getByTestId('parent').getByRole('button', { name: /^shim/ }).click();
  await expect(inspector.getByTestId('parent')).toContainText('systemd 1');
  await page.keyboard.press('Escape');
}

for (const { signal, setting, outcome, told } of [
  { signal: 'KILL', setting: 'off', outcome: 'Exited (0)', told: /web outlived .* until the next one .* exit code 0/ },
  { signal: 'TERM', setting: 'on', outcome: 'Up ', told: /web has outlived .* None of its output is lost/ },
]) {
  test(`a cell of the square is watched from the menu: SIG${signal}, live-restore ${setting}`, async ({ page }) => {
    await visit(page);
    await run(page, 'docker run -d --name mine nginx');
    await page.getByRole('button', { name: 'What outlives dockerd?' }).click();
    await page.getByRole('button', { name: new RegExp(`^Watch: .*SIG${signal}, live-restore ${setting}`) }).click();
    await expect(page.getByRole('slider')).toBeFocused();
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(terminal(page)).toContainText(`kill -${signal} $(pidof dockerd)`);
    await toEnd(page);
    await expect(terminal(page)).toContainText(outcome);
    await expect(page.locator('.caption')).toContainText(told);
    await page.getByRole('button', { name: 'What outlives dockerd?' }).click();
    await expect(page.getByRole('button', { name: /^Watch again: / })).toHaveCount(1);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: /^Undo/ }).click();
    await expect(page.locator('.frame', { hasText: 'mine' })).toBeVisible();
  });
}
