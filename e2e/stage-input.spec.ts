import { expect, test, type Locator, type Page } from '@playwright/test';
import { complaintsOf, run, settled, terminal, toEnd, visit } from './visit.ts';

const processes = (page: Page): Locator => page.locator('button.process');

const pidsOf = (found: Locator): Promise<readonly string[]> =>
  found.evaluateAll((buttons) => buttons.map((button) => (button as HTMLElement).dataset['pid'] ?? ''));

/** The one process, or menu of a container, that Tab leads to. */
const tabStop = (page: Page): Locator => page.locator('.processes button[tabindex="0"]');

test('when the process that has the focus ends, the nearest has it', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visit(page);
  await run(page, 'docker run -d --name web nginx');
  const containerd = page.locator('button.process[data-kind="containerd"]');
  const killed = (await containerd.getAttribute('data-pid')) ?? '';
  await run(page, `kill -KILL ${killed}`);
  await page.keyboard.press('Home');
  await containerd.focus();
  await page.keyboard.press('End');
  await expect(page.locator(`button.process[data-pid="${killed}"]`)).toHaveCount(0);
  await expect(page.locator('button.process:focus')).toHaveCount(1);
  await expect(tabStop(page)).toBeFocused();
});

test('what the menu has set going is stepped through by the arrow keys, and a shell from it is typed in', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visit(page);
  await run(page, 'docker run -d --name web nginx');
  const ask = async (): Promise<void> => {
    await page.locator('button.process[data-kind="shim"]').focus();
    await page.keyboard.press('Shift+F10');
  };
  await ask();
  await page.keyboard.press('Escape');
  await expect(page.locator('button.process[data-kind="shim"]')).toBeFocused();
  await page.keyboard.press('Enter');
  const inspected = page.getByTestId('inspector').getByRole('button', { name: 'What can happen to it' });
  await inspected.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(inspected).toBeFocused();
  await ask();
  await page.getByRole('menuitem', { name: 'A shell in it' }).press('Enter');
  await expect(terminal(page).locator('textarea')).toBeFocused();
  await toEnd(page);
  await ask();
  await page.getByRole('menuitem', { name: 'KILL', exact: true }).press('Enter');
  await expect(page.getByRole('slider')).toBeFocused();
  await settled(page);
  await page.keyboard.press('End');
  const told = page.locator('.caption p').first();
  const atTheEnd = await told.innerText();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(told).not.toHaveText(atTheEnd);
  await expect(page.getByRole('slider')).toBeFocused();
});

test('after a click on a process ← and → step through the story; by keyboard they lead to its neighbours', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visit(page);
  await run(page, 'docker run -d --name web nginx');
  const told = page.locator('.caption p').first();
  const atTheEnd = await told.innerText();
  const dockerd = page.locator('button.process[data-kind="dockerd"]');
  await dockerd.click();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(told).not.toHaveText(atTheEnd);
  await expect(dockerd).toBeFocused();

  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(dockerd).toBeFocused();
  const before = await told.innerText();
  await page.keyboard.press('ArrowRight');
  await expect(dockerd).not.toBeFocused();
  await expect(page.locator('button.process:focus')).toHaveCount(1);
  await expect(told).toHaveText(before);
});

test('all of many are in sight of a phone, and from nearer the keyboard reaches those who are not', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visit(page);
  await run(page, 'for i in $(seq 1 120); do docker run -d --name c$i busybox sleep 999; done');
  await expect(tabStop(page)).toHaveCount(1);
  await expect(page.locator('button.process[data-kind="shim"]')).toHaveCount(120);
  await page.mouse.move(60, 330);
  for (let turn = 0; turn < 8; turn += 1) await page.mouse.wheel(0, -400);
  await expect.poll(() => processes(page).count()).toBeLessThan(100);
  const drawn = await pidsOf(processes(page));
  expect(drawn.length).toBeLessThan(100);
  await tabStop(page).focus();
  const focused = page.locator('.processes button:focus');
  const reached = new Set<string>();
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press(step % 2 === 0 ? 'ArrowRight' : 'ArrowDown');
    await expect(focused).toHaveCount(1);
    for (const pid of await pidsOf(focused)) reached.add(pid);
  }
  const beyond = [...reached].filter((pid) => !drawn.includes(pid));
  expect(beyond.length).toBeGreaterThan(10);
});

test('the menu of one of very many is asked for beside it, by keyboard and by pointer', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit(page);
  await run(page, 'for i in $(seq 30); do docker run -d --name c$i busybox sleep 1000; done');
  const marks = page.locator('.process[data-mark][data-kind="container"]');
  await expect(marks).toHaveCount(30);
  await marks.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: 'What can happen to c1 …' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu', { name: 'What can happen to c1' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'What can happen to c1 …' })).toBeFocused();

  await marks.nth(9).hover();
  await page.getByRole('button', { name: 'What can happen to c10 …' }).click();
  await expect(page.getByRole('menu', { name: 'What can happen to c10' })).toBeVisible();
});

test('a command from the menu waits for the prompt of the shell that is opened for it', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visit(page);
  await run(page, 'sleep 600');
  await page.locator('button.process[data-kind="dockerd"]').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'STOP', exact: true }).click();
  await expect(page.locator('button.process[data-kind="dockerd"]')).toContainText('stopped');
  await expect(terminal(page)).toContainText(/^\s*root@glassdock:~# kill -STOP/);
});

test('what the text says is not covered by the inspector', async ({ page }) => {
  await visit(page);
  await page.locator('button.process[data-kind="dockerd"]').click();
  await page.getByRole('radio', { name: 'Text' }).click();
  const inspector = await page.getByTestId('inspector').boundingBox();
  const columns = await page.locator('.text-columns').boundingBox();
  if (inspector === null || columns === null) throw new Error('one of both is not in sight');
  expect(columns.x + columns.width).toBeLessThanOrEqual(inspector.x);
});

test.describe('by touch', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  test('the menu of a long press stays when the finger lifts, and a tap beside it closes it', async ({ page }) => {
    const complaints = complaintsOf(page);
    await visit(page);
    const box = await page.locator('button.process[data-kind="dockerd"]').boundingBox();
    if (box === null) throw new Error('dockerd is not in sight');
    const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const touch = await page.context().newCDPSession(page);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
    await expect(page.getByRole('menu')).toBeVisible();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    // What a browser makes of a lifted finger comes a moment later.
    await page.waitForTimeout(500);
    await expect(page.getByRole('menu')).toBeVisible();
    await expect(page.getByTestId('inspector')).toHaveCount(0);
    await page.touchscreen.tap(60, 20);
    await expect(page.getByRole('menu')).toHaveCount(0);
    expect(complaints).toEqual([]);
  });
});

for (const [many, command] of [
  ['that have exited', 'docker run busybox'],
  ['that run', 'docker run -d busybox sleep 1000'],
] as const) {
  test(`the menus of many containers ${many} are with the processes one stop of Tab`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page);
    await run(page, `for i in 1 2 3 4 5; do ${command}; done`);
    const stops = page.locator('.processes button:is(.process, .frame-menu)');
    await expect(stops.and(page.locator('[tabindex="0"]'))).toHaveCount(1);
    const menu = page.locator('.frame-menu');
    await expect(menu).toHaveCount(5);
    await tabStop(page).focus();
    const focused = page.locator('.frame-menu:focus');
    for (const key of ['ArrowRight', 'ArrowDown']) {
      for (let step = 0; step < 9 && (await focused.count()) === 0; step += 1) await page.keyboard.press(key);
    }
    await expect(focused).toHaveCount(1);
    const name = (await focused.getAttribute('aria-label')) ?? '';
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menu')).toContainText('docker rm -f');
    await page.keyboard.press('Escape');
    await expect(focused).toHaveAttribute('aria-label', name);
  });
}
