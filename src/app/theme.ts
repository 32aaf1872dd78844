import type { TextSize, Theme } from '../panels/desk.ts';

const key = 'glassdock.theme';
const sizeKey = 'glassdock.text';

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
  store(key, theme);
}

/** The size of text that was chosen last; a screen as large as a projector's has large text by itself. */
function storedTextSize(): TextSize {
  try {
    const stored = localStorage.getItem(sizeKey);
    if (stored === 'usual' || stored === 'large') return stored;
  } catch {
    // As for the theme.
  }
  return projector.matches ? 'large' : 'usual';
}

export function storeTextSize(size: TextSize): void {
  store(sizeKey, size);
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Blocked storage must not matter.
  }
}

export function showTextSize(size: TextSize): void {
  document.documentElement.dataset['text'] = size;
}

const projector = matchMedia('(min-width: 1800px) and (min-height: 1000px)');

/** The size of text that was chosen, or that the screen wants: now, and whenever the window comes to another screen. */
export function followTextSize(tell: (size: TextSize) => void): void {
  tell(storedTextSize());
  projector.addEventListener('change', () => tell(storedTextSize()));
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
