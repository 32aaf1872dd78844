import type { Theme } from '../panels/desk.ts';

const key = 'glassdock.theme';

/** The theme that was chosen last. Where storage is blocked, as in a sandboxed frame, it lasts for the page's life. */
export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(key);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

export function storeTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Blocked storage must not matter.
  }
}

const prefersDark = matchMedia('(prefers-color-scheme: dark)');

/** Shows a theme, and goes on following the system where that is the choice. Returns how to stop. */
export function showTheme(theme: Theme): () => void {
  const apply = (): void => {
    const isDark = theme === 'dark' || (theme === 'system' && prefersDark.matches);
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  };
  apply();
  prefersDark.addEventListener('change', apply);
  return () => prefersDark.removeEventListener('change', apply);
}
