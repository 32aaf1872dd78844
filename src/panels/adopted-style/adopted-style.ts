/** A style sheet that lives in the document's adopted sheets. */
export interface AdoptedStyle {
  replace(css: string): void;
  remove(): void;
}

/**
 * Applies rules that a library makes up at run time. The content security policy forbids `<style>` elements written by
 * scripts; a sheet built through the CSSOM is the page's own doing and allowed.
 */
export function adoptStyle(css: string): AdoptedStyle {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return {
    replace: (changed) => sheet.replaceSync(changed),
    remove: () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    },
  };
}
