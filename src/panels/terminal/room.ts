/** What the terminal emulator writes in: known before it has come. */
export const typeface = {
  family: "ui-monospace, 'SFMono-Regular', 'JetBrains Mono', 'DejaVu Sans Mono', monospace",
  lineHeight: 1.25,
} as const;

/** xterm.js' DEFAULT_SCROLL_BAR_WIDTH, and how many columns and rows it begins with. */
const scrollBarWidth = 14;
const [firstRows, firstColumns] = [24, 80];

/**
 * The rows and columns for which a terminal's screen has room, as the emulator will reckon them; undefined for one that
 * is not drawn.
 *
 * xterm.js: DomRenderer._updateDimensions() and FitAddon.proposeDimensions().
 */
export function roomIn(screen: HTMLElement, fontSize: number): string | undefined {
  const { width, height } = screen.getBoundingClientRect();
  const context = document.createElement('canvas').getContext('2d');
  if (width === 0 || context === null) return undefined;
  context.font = `${fontSize}px ${typeface.family}`;
  const char = context.measureText('W');
  const charHeight = Math.ceil((char.fontBoundingBoxAscent + char.fontBoundingBoxDescent) * devicePixelRatio);
  const lineHeight = Math.floor(charHeight * typeface.lineHeight) / devicePixelRatio;
  const lines = Math.round(lineHeight * firstRows) / firstRows;
  const columns = Math.round(char.width * firstColumns) / firstColumns;
  return `${Math.floor(height / lines)}x${Math.floor((width - scrollBarWidth) / columns)}`;
}
