/**
 * A plug-in of the build: makes two libraries style the page through the CSSOM, because the content security policy
 * forbids `<style>` elements and `style` attributes that a script writes. A library whose text has changed fails the
 * build, so an update cannot bring the forbidden ways back unseen.
 */
import { join } from 'node:path';
import { root } from './install.mjs';

const standIns = join(root, 'src/panels/adopted-style');

/** What xterm.js writes, what it is to write instead, and how often that occurs. */
const inTerminal = [
  [/\b[\w.]+\.createElement\("style"\)/g, 'stylePlaceholder()', 3],
  [/t\.setAttribute\("style",`\$\{t\.getAttribute\("style"\)\|\|""\}\$\{e\};`\)/g, 't.style.cssText+=`${e};`', 1],
];

/** @returns {import('vite').Plugin} */
export function strictStyles() {
  return {
    name: 'strict-styles',
    apply: 'build',
    // The scroll lock of radix-ui's dialogs and menus.
    config: () => ({ resolve: { alias: { 'react-style-singleton': join(standIns, 'style-singleton.ts') } } }),
    transform(code, id) {
      if (!id.endsWith('@xterm/xterm/lib/xterm.mjs')) return undefined;
      let changed = code;
      for (const [pattern, replacement, times] of inTerminal) {
        const found = changed.match(pattern)?.length ?? 0;
        if (found !== times) this.error(`strict-styles: xterm.js has ${pattern} ${found} times, not ${times}`);
        changed = changed.replace(pattern, () => replacement);
      }
      const address = JSON.stringify(join(standIns, 'style-placeholder.ts').replaceAll('\\', '/'));
      return { code: `import { stylePlaceholder } from ${address};\n${changed}`, map: null };
    },
  };
}
