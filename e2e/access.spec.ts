import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { complaintsOf, holdMachine, leaveTerminal, run, settled, terminal, type, visit } from './visit.ts';

async function violationsOf(page: Page): Promise<readonly string[]> {
  // The terminal's accessible rows are xterm's own.
  const { violations } = await new AxeBuilder({ page }).exclude('.xterm').analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`nothing stands in the way of assistive technology, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await visit(page);
    expect(await violationsOf(page)).toEqual([]);
    await run(page, 'docker run -d --name web nginx');
    await page.locator('button.process', { hasText: 'nginx' }).first().click();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'What can happen to it' }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'why?' }).click();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    for (const name of [/^Jump/, /^Speed/]) {
      await page.getByRole('button', { name }).click();
      await expect(page.getByRole('menu')).toBeVisible();
      expect(await violationsOf(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.getByRole('radio', { name: 'Text' }).click();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'More' }).click();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('menuitem', { name: 'About this model' }).click();
    await expect(page.getByRole('dialog')).toContainText('Builds, user networks and swarm are not modelled');
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);
  });
}

for (const viewport of [
  { width: 700, height: 500 },
  { width: 390, height: 844 },
]) {
  test(`a moment can be shared, and nothing stands in the way, ${viewport.width} wide`, async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page);
    await run(page, 'docker run -d --name web nginx');
    expect(await violationsOf(page)).toEqual([]);
    const share = page.getByRole('button', { name: 'Share' });
    if (await share.isVisible()) await share.click();
    else {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Share' }).click();
    }
    await expect(page.locator('.notices')).toContainText('copied');
  });
}

test('the keyboard alone is enough: run, leave the terminal, step, choose a process, read the help', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  await visit(page);
  await terminal(page).locator('textarea').focus();
  await page.keyboard.press('Enter');
  // At the very beginning of the command Home leads to that of the one before.
  await expect(page.locator('.caption')).not.toContainText(/made of glass|You have typed|still working out/);
  await leaveTerminal(page);
  await page.keyboard.press('Home');
  const told = page.locator('.caption');
  for (let steps = 0; steps < 2; steps += 1) await page.keyboard.press('ArrowRight');
  await expect(told).toContainText(/its child becomes docker|docker asks dockerd/);
  const before = await told.innerText();
  await page.keyboard.press('ArrowRight');
  await expect(told).not.toHaveText(before);
  await page.keyboard.press('3');
  await expect(page.getByRole('radio', { name: 'Kernel' })).toBeChecked();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.locator('button.process').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('inspector')).toBeVisible();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menu', { name: /^What can happen to/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(page.locator('button.process:focus')).toHaveCount(1);
  expect(complaints).toEqual([]);
});

test('what is over in a moment is not read out: after Enter the first sentence is the story’s', async ({ page }) => {
  await visit(page);
  const told = page.locator('.caption [aria-live]');
  // A busy region is read once it is busy no more.
  await told.evaluate((region) => {
    new MutationObserver(() => {
      const text = region.textContent;
      const list = region.getAttribute('aria-busy') === 'true' ? 'shown' : 'read';
      document.body.dataset[list] = `${document.body.dataset[list] ?? ''}|${text}`;
    }).observe(region, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await terminal(page).locator('textarea').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('body')).toHaveAttribute('data-read', /^\|You press Enter: /);
  await expect(page.locator('body')).not.toHaveAttribute('data-shown', /Before the first command/);
});

test('a choice is one stop of Tab, and the arrow keys choose', async ({ page }) => {
  await visit(page);
  await page.getByRole('radio', { name: 'Story' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'Engine' })).toBeFocused();
  await expect(page.getByRole('radio', { name: 'Engine' })).toBeChecked();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('radio', { name: 'Stage' })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio', { name: 'Text' })).toBeChecked();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Share' })).toBeFocused();
});

test('Esc leaves the terminal and is told to no program; T leads back', async ({ page }) => {
  await visit(page);
  await run(page, 'docker run -d --name web nginx');
  await type(page, 'cat');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('slider')).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('t');
  await page.keyboard.type('meow\n');
  await expect(terminal(page)).toContainText(/meow\s*meow/);
  await expect(terminal(page)).not.toContainText('^[');
});

test('the keyboard stays where it is when a step leads to the end, and goes on in the shell that replaces one', async ({
  page,
}) => {
  await visit(page);
  await run(page, 'docker ps');
  const forward = page.getByRole('button', { name: 'Step forward' });
  await page.keyboard.press('ArrowLeft');
  await forward.focus();
  for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press('Enter');
  await expect(forward).toHaveAttribute('aria-disabled', 'true');
  await expect(forward).toBeFocused();

  await page.keyboard.press('t');
  await page.keyboard.press('Control+d');
  await expect(page.locator('.terminals')).toContainText('This shell has ended');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'Shell 2' })).toBeVisible();
  await expect(terminal(page)).toContainText('root@glassdock');
  await expect(terminal(page).locator('textarea')).toBeFocused();
});

test('a button that goes away with what it did leaves the keyboard at the timeline', async ({ page }) => {
  await visit(page);
  await run(page, 'kill -9 $(pidof containerd)');
  await page.locator('.caption').getByRole('button', { name: 'Let time flow' }).press('Enter');
  await expect(page.locator('.caption').getByRole('button', { name: 'Let time flow' })).toHaveCount(0);
  await expect(page.getByRole('slider')).toBeFocused();

  await page.keyboard.press('Home');
  await type(page, 'docker ps');
  await page.getByRole('button', { name: 'Bring it back' }).press('Enter');
  await expect(page.getByRole('slider')).toBeFocused();
});

test('in a narrow window T leads to the terminal from another panel', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit(page);
  await page.getByRole('tab', { name: 'Inspector' }).click();
  await expect(page.getByRole('tabpanel', { name: 'Inspector' })).toBeVisible();
  await page.keyboard.press('t');
  await expect(terminal(page).locator('textarea')).toBeFocused();
});

test('who asks for a shell goes on typing in it, and the arrow keys rove over the tabs', async ({ page }) => {
  await visit(page);
  const isIn = async (name: string): Promise<void> => {
    await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
    await expect(terminal(page).locator('textarea')).toBeFocused();
  };
  await page.getByRole('button', { name: 'Open another shell' }).click();
  await isIn('Shell 2');
  await page.getByRole('tab', { name: 'Shell 1' }).click();
  await isIn('Shell 1');

  await page.getByRole('tab', { name: 'Shell 1' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Shell 2' })).toBeFocused();
  await page.keyboard.press('Enter');
  await isIn('Shell 2');

  await expect(terminal(page)).toContainText('root@glassdock');
  await page.keyboard.type('echo two words');
  await page.keyboard.press('Enter');
  await expect(terminal(page)).toContainText(/echo two words\s*two words/);
  await page.keyboard.press('Control+d');
  await page.getByRole('status').getByRole('button').click();
  await isIn('Shell 3');
  await expect(page.getByRole('tab')).toHaveCount(2);
});

test('who closes a shell goes on typing in the one beside it', async ({ page }) => {
  await visit(page);
  const isIn = async (name: string): Promise<void> => {
    await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
    await expect(terminal(page).locator('textarea')).toBeFocused();
  };
  for (const name of ['Shell 2', 'Shell 3', 'Shell 4']) {
    await page.getByRole('button', { name: 'Open another shell' }).click();
    await isIn(name);
  }
  await page.getByRole('tab', { name: 'Shell 3' }).click();
  await page.getByRole('button', { name: 'Close shell 3' }).click();
  await isIn('Shell 2');
  await page.getByRole('button', { name: 'Close shell 2' }).press('Enter');
  await isIn('Shell 1');
  await page.getByRole('tab', { name: 'Shell 4' }).click();
  await page.getByRole('button', { name: 'Close shell 4' }).press('Space');
  await isIn('Shell 1');
  await expect(page.getByRole('tab')).toHaveCount(1);
});

test('that the machine computes for long is told once', async ({ page }) => {
  await visit(page);
  const status = page.locator('.transport [role=status]');
  await status.evaluate((region) => {
    new MutationObserver(() => {
      document.body.dataset['told'] = `${document.body.dataset['told'] ?? ''}|${region.textContent}`;
    }).observe(region, { subtree: true, childList: true, characterData: true });
  });
  const { letGo } = await holdMachine(page);
  await type(page, 'docker ps');
  await expect(status).toContainText('still computing', { timeout: 15_000 });
  await letGo();
  await settled(page);
  await expect(status).toHaveText('');
  await type(page, 'docker ps -a');
  await settled(page);
  expect(await page.locator('body').getAttribute('data-told')).toMatch(/^\|The machine is still computing[^|]*\|$/);
});

test('a step back does not read the whole terminal out again, and what comes then is read', async ({ page }) => {
  await visit(page);
  await run(page, 'echo first');
  await run(page, 'echo second');
  const screen = terminal(page);
  const spoken = screen.locator('.live-region');
  await page.keyboard.press('Home');
  await page.keyboard.press('Home');
  await expect(screen.locator('.xterm-rows')).not.toContainText('first');
  // The emulator tells what it has drawn within a second.
  await page.waitForTimeout(1500);
  await expect(spoken).toHaveText('');
  await expect(screen.locator('.xterm-accessibility-tree')).toContainText('root@glassdock');
  await page.keyboard.press('End');
  await expect(spoken).toContainText('first');
});

test('on a phone the story plays, and the next commands are buttons', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('./');
  await expect(page.getByRole('button', { name: 'Enter', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.locator('.caption')).not.toContainText('made of glass');
  await expect(page.getByRole('button', { name: 'Ctrl-C' })).toBeVisible();
  await page.locator('button.process', { hasText: 'dockerd' }).first().click();
  await expect(page.getByTestId('inspector')).toContainText('dockerd');
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(390);
});

test('on a phone whose keyboard is out, what is told and what is typed are both in sight', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 430 });
  await visit(page);
  const told = page.locator('.caption p').first();
  const isCovered = await told.evaluate((element) => {
    const { left, top, bottom } = element.getBoundingClientRect();
    return [top + 2, bottom - 2].some((y) => !element.contains(document.elementFromPoint(left + 4, y)));
  });
  expect(isCovered).toBe(false);
  await expect(terminal(page).locator('.xterm-rows')).toBeInViewport();
});

test('on a projector, and where it is chosen, what is told and what is typed are larger', async ({ page }) => {
  const sizes = async (): Promise<readonly number[]> =>
    page
      .locator('.caption p, .floor p, .terminal-panel:not([hidden]) .xterm-rows')
      .evaluateAll((found) => found.map((element) => parseFloat(getComputedStyle(element).fontSize)));
  await visit(page);
  const usual = await sizes();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await visit(page);
  const large = await sizes();
  expect(usual.length).toBeGreaterThan(2);
  expect(large.map((size, index) => size > (usual[index] ?? 0))).toEqual(large.map(() => true));

  await page.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(sizes).toEqual(usual);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitemcheckbox', { name: /^Large text/ }).click();
  await expect.poll(sizes).toEqual(large);
  await visit(page);
  await expect.poll(sizes).toEqual(large);
});

/** Which of these texts on the stage are smaller than nine pixels and a bit, as large as they are drawn. */
function smallIn(found: Locator): Promise<readonly string[]> {
  return found.evaluateAll((texts) => {
    const { a: zoom } = new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')!).transform);
    return texts.flatMap((text) => {
      const size = parseFloat(getComputedStyle(text).fontSize) * zoom;
      return text.getClientRects().length > 0 && size < 9.3 ? [`${text.textContent}: ${size.toFixed(1)}`] : [];
    });
  });
}

for (const viewport of [
  { width: 1280, height: 720 },
  { width: 1440, height: 900 },
]) {
  test(`states, meters and conditions of three containers can be read, ${viewport.width} wide`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page);
    await expect(page.locator('.column-note')).toHaveCount(2);
    expect(await smallIn(page.locator('.column-note'))).toEqual([]);
    await run(page, 'docker run -d --name one nginx; docker run -d --name two nginx');
    await run(page, 'docker run -d --name three -m 32m --cpus 0.5 --pids-limit 20 nginx; docker pause three');
    await expect(page.locator('.gauge')).toHaveCount(3);
    expect(await smallIn(page.locator('.process-lines, .line-label, .gauge, .condition'))).toEqual([]);
    const cut = await page
      .locator('.frame-gauges, .process-lines, .condition')
      .evaluateAll((boxes) => boxes.flatMap((box) => (box.scrollWidth > box.clientWidth ? [box.textContent] : [])));
    expect(cut).toEqual([]);
  });
}

test('on a phone a finger meets each of very many', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit(page);
  await run(page, 'for i in $(seq 8); do docker run busybox; docker run -d busybox sleep 1000; done');
  await run(page, 'for i in $(seq 8); do docker run -d busybox sleep 1000; done');
  await expect(page.locator('.process[data-mark]')).toHaveCount(32);
  const met = await page.locator('.process[data-mark], .frame[data-empty] .frame-menu').evaluateAll((marks) =>
    marks.map((mark) => {
      const { x, y, width, height } = mark.getBoundingClientRect();
      const reach = (byX: number, byY: number): number => {
        let steps = 0;
        const [middleX, middleY] = [x + width / 2, y + height / 2];
        while (document.elementFromPoint(middleX + steps * byX, middleY + steps * byY) === mark) steps += 0.5;
        return steps;
      };
      return { across: reach(1, 0) + reach(-1, 0), along: reach(0, 1) + reach(0, -1) };
    }),
  );
  expect(met).toHaveLength(40);
  expect(met.filter(({ across, along }) => across < 24 || along < 24)).toEqual([]);
});
