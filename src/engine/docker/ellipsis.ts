import { utf8 } from '../../kernel/bytes.ts';

/** A text that is too long for its column ends with three dots in one. docker: formatter.Ellipsis(). */
export function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}${utf8('…')}`;
}
