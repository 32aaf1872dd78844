/** Pathname expansion: POSIX, Shell Command Language, 2.13.3. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { hasPattern, matches } from './pattern.ts';
import { textOf, type Field, type Piece } from './piece.ts';

/** The paths that match, in order; none means that the pattern stands for itself. */
export function* expandPath(field: Field): Running<string[]> {
  if (!hasPattern(field)) return [];
  let prefixes = [''];
  for (const { component, separator } of components(field)) {
    const next: string[] = [];
    for (const prefix of prefixes) next.push(...(yield* matchComponent(prefix, component, separator)));
    prefixes = next;
  }
  return prefixes.sort();
}

/** The pattern between slashes, each with the slashes after it. */
function components(field: Field): { readonly component: Piece[]; readonly separator: string }[] {
  const parts: { component: Piece[]; separator: string }[] = [{ component: [], separator: '' }];
  for (const piece of field) {
    for (const text of piece.text.split(/(\/+)/)) {
      const last = parts.at(-1);
      if (text === '' || !last) continue;
      if (text.startsWith('/')) {
        last.separator = text;
        parts.push({ component: [], separator: '' });
      } else {
        last.component.push({ ...piece, text });
      }
    }
  }
  return parts;
}

function* matchComponent(prefix: string, component: Field, separator: string): Running<string[]> {
  if (!hasPattern(component)) {
    const path = prefix + textOf(component);
    const isThere = path === '' || (yield* exists(path, separator !== ''));
    return isThere ? [path + separator] : [];
  }
  const found: string[] = [];
  const hidden = textOf(component).startsWith('.');
  const names = yield* namesIn(prefix === '' ? '.' : prefix);
  // readdir(3) tells of these two as well, so `.*` matches them.
  for (const name of hidden && names.length > 0 ? ['.', '..', ...names] : names) {
    if (name.startsWith('.') && !hidden) continue;
    if (!matches(component, name)) continue;
    if (separator !== '' && !(yield* exists(prefix + name, true))) continue;
    found.push(prefix + name + separator);
  }
  return found;
}

function* namesIn(directory: string): Running<string[]> {
  try {
    return (yield* sys.readdir(directory)).map(({ name }) => name);
  } catch (error) {
    if (isErrno(error)) return [];
    throw error;
  }
}

function* exists(path: string, asDirectory: boolean): Running<boolean> {
  try {
    if (asDirectory) return (yield* sys.stat(path)).type === 'directory';
    yield* sys.lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
}
