import { expect, type FrameLocator, type Page } from '@playwright/test';

type Place = Page | FrameLocator;

/** What the page complains of: refused styles, scripts and connections are console errors. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

/** The page, its machine at rest and its terminal open. */
export async function visit(page: Page, address = './'): Promise<void> {
  await page.goto(address);
  await expect(terminal(page).locator('.xterm-rows')).toBeVisible();
  await expect(terminal(page)).toContainText('root@glassdock:~#');
}

/** The terminal in front. */
export function terminal(place: Place) {
  return place.locator('.terminal-panel:not([hidden]) [data-terminal]');
}

/** Types a line, as a person does. */
export async function type(page: Page, line: string): Promise<void> {
  await terminal(page).locator('textarea').focus();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** Types a line and goes to the end of what comes of it. */
export async function run(page: Page, line: string): Promise<void> {
  await type(page, line);
  await toEnd(page);
}

/** To the end of all that is known, by the key. */
export async function toEnd(page: Page): Promise<void> {
  await leaveTerminal(page);
  await settled(page);
  await page.keyboard.press('End');
}

/** The machine is as slow as one likes: what it is asked for it hears when it is let go. */
export async function holdMachine(page: Page): Promise<{ readonly letGo: () => Promise<void> }> {
  const letGo = await page.evaluateHandle(() => {
    const { prototype } = Worker;
    const own = Object.getOwnPropertyDescriptor(prototype, 'postMessage') ?? {};
    const held: (() => void)[] = [];
    prototype.postMessage = function (request: unknown) {
      held.push(() => this.postMessage(request));
    };
    return () => {
      Object.defineProperty(prototype, 'postMessage', own);
      for (const send of held) send();
    };
  });
  return { letGo: () => letGo.evaluate((go) => go()) };
}

/** The machine has come as far as it does by itself. */
export async function settled(place: Place): Promise<void> {
  await expect(place.locator('.time')).not.toContainText('…', { timeout: 30_000 });
}

/** Out of the terminal by the documented way, for whoever is in it. */
export async function leaveTerminal(page: Page): Promise<void> {
  if ((await page.locator('[data-terminal] :focus').count()) === 0) return;
  await page.keyboard.press('Escape');
  await expect(page.getByRole('slider')).toBeFocused();
}
