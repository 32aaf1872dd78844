/** Finds the browser of the journeys, or installs Debian's. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** The path of a browser on this machine: the one that CHROMIUM_PATH names, else the first of the usual places. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new Error(`CHROMIUM_PATH names "${named}", which is not a program on this machine.`);
  }
  return usualPlaces.find(isProgram);
}

/**
 * As findChromium(); where there is none, installs Debian's package. Throws with a sentence when neither can be had.
 */
export function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && isProgram('/usr/bin/apt-get')) {
    console.log("Installing Debian's Chromium …");
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['update', '-q'], options);
    spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], options);
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'The browser journeys need Chromium: install it (on Debian: sudo apt-get install chromium), ' +
      'or name a Chromium or Chrome in CHROMIUM_PATH.',
  );
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
