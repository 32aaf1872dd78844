import { adoptStyle, type AdoptedStyle } from './adopted-style.ts';

/**
 * Stands in for the `<style>` elements that xterm.js makes for its colours, sizes and scroll bar
 * (scripts/strict-styles.mjs puts it there): what is written into it becomes an adopted sheet, which goes when the
 * element is removed.
 */
export function stylePlaceholder(): HTMLElement {
  const placeholder = document.createElement('template');
  let adopted: AdoptedStyle | undefined;
  Object.defineProperty(placeholder, 'textContent', {
    set(css: string) {
      if (adopted === undefined) adopted = adoptStyle(css);
      else adopted.replace(css);
    },
  });
  placeholder.remove = () => {
    adopted?.remove();
    adopted = undefined;
    Element.prototype.remove.call(placeholder);
  };
  return placeholder;
}
