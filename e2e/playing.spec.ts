import { expect, test, type Locator } from '@playwright/test';
import { holdMachine, leaveTerminal, run, settled, terminal, toEnd, type, visit } from './visit.ts';

test('every command plays by itself, not only the first', async ({ page }) => {
  const caption = page.locator('.caption');
  await visit(page);
  await run(page, 'docker run -d --name web busybox sleep 1000');
  await expect(caption).toContainText('shows its prompt again');
  await type(page, 'docker ps');
  await expect(caption).toContainText('which containers there are');
  await expect(caption).toContainText('shows its prompt again', { timeout: 20_000 });
});

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]) {
  test(`what a message says covers no process, and both are in sight, ${viewport.width} wide`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page);
    await run(page, 'docker run -d --name web busybox sleep 1000');
    await leaveTerminal(page);
    await page.keyboard.press('Home');
    for (let request = 0; request < 6; request += 1) {
      await page.keyboard.press('r');
      const labels = await boxesOf(page.locator('.packet-label'));
      const processes = await boxesOf(page.locator('button.process'));
      expect(labels.length).toBeGreaterThan(0);
      for (const label of labels) {
        expect(label.left).toBeGreaterThanOrEqual(0);
        expect(label.right).toBeLessThanOrEqual(viewport.width);
        expect(processes.filter((box) => overlap(box, label))).toEqual([]);
      }
    }
  });
}

async function boxesOf(elements: Locator): Promise<readonly DOMRect[]> {
  return elements.evaluateAll((found) => found.map((element) => element.getBoundingClientRect().toJSON() as DOMRect));
}

function overlap(one: DOMRect, other: DOMRect): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

test('the play button runs the command that is offered, and plays the story once more at its end', async ({ page }) => {
  const caption = page.locator('.caption');
  await visit(page);
  await expect(caption).toContainText('made of glass');
  await page.getByRole('button', { name: 'Run the offered command' }).click();
  await expect(caption).toContainText('its child becomes docker');
  await toEnd(page);
  await expect(caption).toContainText('shows its prompt again');
  await page.getByRole('button', { name: 'Play again' }).click();
  await expect(caption).toContainText('its child becomes docker');
});

test('where a restart is due, play lets time flow until it has come, and ends by itself', async ({ page }) => {
  const caption = page.locator('.caption');
  await visit(page);
  await run(page, 'kill -9 $(pidof containerd)');
  await expect(caption).toContainText('it starts it again');
  await caption.getByRole('button', { name: 'Let time flow' }).click();
  await expect(caption).toContainText('systemd starts containerd again');
  await expect(page.getByRole('button', { name: 'Play again' })).toBeVisible();
});

for (const viewport of [
  { width: 700, height: 500 },
  { width: 1280, height: 720 },
]) {
  test(`no sentence of a container's birth moves the stage, ${viewport.width} wide`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page);
    await run(page, 'docker run -d --name web nginx');
    const told = page.locator('.caption');
    const heights = new Set<number>();
    for (let steps = 0; steps < 24; steps += 1) {
      heights.add(await page.locator('.stage').evaluate((stage) => stage.clientHeight));
      const before = await told.innerText();
      await page.keyboard.press('ArrowLeft');
      await expect(told).not.toHaveText(before);
    }
    expect([...heights]).toHaveLength(1);
  });
}

test('the timeline keeps its width while the time counts', async ({ page }) => {
  await page.setViewportSize({ width: 700, height: 480 });
  await visit(page);
  await run(page, 'docker run -d --name web nginx');
  const widths = new Set<number>();
  for (let steps = 0; steps < 25; steps += 1) {
    widths.add(await page.getByRole('slider').evaluate((track) => track.clientWidth));
    await page.keyboard.press('ArrowLeft');
  }
  expect(widths.size).toBe(1);
});

test('whoever opens the page and presses Enter, as it says, sees a container being born', async ({ page }) => {
  await visit(page);
  await page.keyboard.press('Enter');
  await expect(page.locator('.caption')).toContainText('its child becomes docker');
});

test('the end is asked for while the machine computes, and is the end when it has done so', async ({ page }) => {
  await visit(page);
  const { letGo } = await holdMachine(page);
  await type(page, 'for i in $(seq 8); do docker run -d nginx >/dev/null; done; echo all there');
  await leaveTerminal(page);
  await page.keyboard.press('End');
  await expect(page.locator('.time')).toContainText('computing');
  await letGo();
  await settled(page);
  await expect(terminal(page)).toContainText(/^all there/m);
  await expect(page.locator('.caption')).toContainText('shows its prompt again');
});

test('Ctrl-C right after a line interrupts what the line runs', async ({ page }) => {
  await visit(page);
  await type(page, 'sleep 1000');
  await page.keyboard.press('Control+c');
  await expect(page.locator('.caption')).toContainText('sends SIGINT to its foreground, sleep');
  await expect(terminal(page)).toContainText('^C');
});

test('in a container’s shell it is said how to leave it, and its commands are a click away', async ({ page }) => {
  await visit(page);
  await run(page, 'docker run -it --name box busybox');
  const hints = page.locator('.terminal-hints');
  await expect(hints).toContainText('Ctrl-P Ctrl-Q leaves it running');
  await hints.getByRole('button', { name: 'ps', exact: true }).click();
  await toEnd(page);
  await expect(terminal(page)).toContainText(/PID\s+USER/);
  await hints.getByRole('button', { name: 'exit', exact: true }).click();
  await toEnd(page);
  await expect(hints).toContainText('Try next');
  await run(page, 'cat');
  await expect(hints).toHaveText('');
});

test('two lines typed at once run one after the other', async ({ page }) => {
  await visit(page);
  await type(page, 'docker run -d --name web busybox sleep 1000');
  await page.keyboard.type('docker inspect -f {{.State.Status}}-{{.Name}} web\n');
  await toEnd(page);
  await settled(page);
  await page.keyboard.press('End');
  await expect(terminal(page)).toContainText('running-/web');
});
