import { useEffect } from 'react';
import { adoptStyle, type AdoptedStyle } from './adopted-style.ts';

/**
 * Stands in for the package `react-style-singleton` (an alias in scripts/strict-styles.mjs), through which the dialogs
 * and menus of radix-ui lock the page's scrolling: the same rules, but without a `<style>` element.
 */
export function styleSingleton(): (props: { readonly styles: string }) => null {
  let users = 0;
  let adopted: AdoptedStyle | undefined;
  return function Style({ styles }: { readonly styles: string }) {
    useEffect(() => {
      users += 1;
      adopted ??= adoptStyle(styles);
      return () => {
        users -= 1;
        if (users > 0) return;
        adopted?.remove();
        adopted = undefined;
      };
    }, [styles]);
    return null;
  };
}
