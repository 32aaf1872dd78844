/**
 * Editing at the host's prompt, as readline does it. The page owns the line until Enter; then it is typed as a whole.
 */

export interface Draft {
  readonly text: string;
  readonly cursor: number;
  /** Index into the history that ↑ has reached; null while the line is one's own. */
  readonly recalled: number | null;
  /** What stood there before ↑. */
  readonly own: string;
  /** Ctrl-R: what is looked for. */
  readonly search: string | null;
  /** What Ctrl-U, Ctrl-K and Ctrl-W took away last; Ctrl-Y brings it back. */
  readonly cut: string;
}

export const emptyDraft: Draft = { text: '', cursor: 0, recalled: null, own: '', search: null, cut: '' };

export type Wish =
  /** Type this into the terminal: whole lines, or a line with the key that ends it. */
  { readonly type: 'send'; readonly data: string } | { readonly type: 'clear' } | { readonly type: 'complete' };

export interface Edited {
  readonly draft: Draft;
  readonly wishes: readonly Wish[];
}

/** The keys of one message of the terminal emulator: a key's sequence, or a pasted text. */
export function edit(draft: Draft, keys: string, history: readonly string[]): Edited {
  const wishes: Wish[] = [];
  let now = draft;
  for (const key of keysOf(keys)) {
    const after = now.search === null ? press(now, key, history) : search(now, key, history);
    now = after.draft;
    wishes.push(...after.wishes);
  }
  return { draft: now, wishes: joined(wishes) };
}

export function withText(text: string): Draft {
  return { ...emptyDraft, text, cursor: text.length };
}

/** Control sequences whole, text in runs, newlines one by one. */
function keysOf(keys: string): readonly string[] {
  const plain = keys.replace(/\x1b\[20[01]~/g, '').replace(/\r\n?/g, '\n');
  return plain.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|\x1b[\s\S]?|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/g) ?? [];
}

/** A pasted text of several lines is one input. */
function joined(wishes: readonly Wish[]): readonly Wish[] {
  const isTyped = wishes.length > 1 && wishes.every(({ type }) => type === 'send');
  if (!isTyped) return wishes;
  return [{ type: 'send', data: wishes.map((wish) => (wish.type === 'send' ? wish.data : '')).join('') }];
}

function press(draft: Draft, key: string, history: readonly string[]): Edited {
  const { text, cursor } = draft;
  const before = text.slice(0, cursor);
  const after = text.slice(cursor);
  switch (key) {
    case '\n':
      return { draft: emptyDraft, wishes: [{ type: 'send', data: `${text}\n` }] };
    case '\x03':
      return { draft: emptyDraft, wishes: [{ type: 'send', data: `${text}\x03` }] };
    case '\x04':
      if (text === '') return { draft: emptyDraft, wishes: [{ type: 'send', data: '\x04' }] };
      return edited(draft, before, after.slice(1));
    case '\t':
      return { draft, wishes: [{ type: 'complete' }] };
    case '\x0c':
      return { draft, wishes: [{ type: 'clear' }] };
    case '\x7f':
    case '\b':
      return edited(draft, withoutLast(before), after);
    case '\x1b[3~':
      return edited(draft, before, after.slice(firstLength(after)));
    case '\x15':
      return cutting(draft, before, '', after);
    case '\x0b':
      return cutting(draft, after, before, '');
    case '\x17':
    case '\x1b\x7f':
      return cutting(draft, before.slice(wordStart(before)), before.slice(0, wordStart(before)), after);
    case '\x19':
      return edited(draft, before + draft.cut, after);
    case '\x12':
      return { draft: { ...draft, search: '', own: text }, wishes: [] };
    case '\x10':
    case '\x1b[A':
    case '\x1bOA':
      return recall(draft, history, -1);
    case '\x0e':
    case '\x1b[B':
    case '\x1bOB':
      return recall(draft, history, 1);
    default:
      return move(draft, key) ?? (isText(key) ? edited(draft, before + key, after) : { draft, wishes: [] });
  }
}

function move(draft: Draft, key: string): Edited | undefined {
  const { text, cursor } = draft;
  const to = (place: number): Edited => ({
    draft: { ...draft, cursor: Math.max(0, Math.min(text.length, place)) },
    wishes: [],
  });
  switch (key) {
    case '\x01':
    case '\x1b[H':
    case '\x1bOH':
    case '\x1b[1~':
      return to(0);
    case '\x05':
    case '\x1b[F':
    case '\x1bOF':
    case '\x1b[4~':
      return to(text.length);
    case '\x02':
    case '\x1b[D':
    case '\x1bOD':
      return to(withoutLast(text.slice(0, cursor)).length);
    case '\x06':
    case '\x1b[C':
    case '\x1bOC':
      return to(cursor + firstLength(text.slice(cursor)));
    case '\x1bb':
    case '\x1b[1;5D':
    case '\x1b[1;3D':
      return to(wordStart(text.slice(0, cursor)));
    case '\x1bf':
    case '\x1b[1;5C':
    case '\x1b[1;3C':
      return to(cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0));
    default:
      return undefined;
  }
}

/** Ctrl-R: every key narrows the search; Ctrl-R again looks further back; any other key takes what was found. */
function search(draft: Draft, key: string, history: readonly string[]): Edited {
  const query = draft.search ?? '';
  if (key === '\x03' || key === '\x07') return { draft: withText(draft.own), wishes: [] };
  if (key === '\x7f' || key === '\b') return found(draft, withoutLast(query), history, history.length);
  if (key === '\x12') return found(draft, query, history, draft.recalled ?? history.length);
  if (isText(key)) return found(draft, query + key, history, history.length);
  const taken = { ...withText(draft.text), cut: draft.cut };
  return key === '\x1b' ? { draft: taken, wishes: [] } : press(taken, key, history);
}

function found(draft: Draft, query: string, history: readonly string[], before: number): Edited {
  const index = query === '' ? -1 : history.slice(0, before).findLastIndex((line) => line.includes(query));
  const line = history[index];
  if (line === undefined) return { draft: { ...draft, search: query }, wishes: [] };
  return { draft: { ...draft, search: query, text: line, cursor: line.length, recalled: index }, wishes: [] };
}

function recall(draft: Draft, history: readonly string[], by: 1 | -1): Edited {
  const from = draft.recalled ?? history.length;
  const to = from + by;
  if (to < 0 || to > history.length) return { draft, wishes: [] };
  const own = draft.recalled === null ? draft.text : draft.own;
  const text = to === history.length ? own : (history[to] ?? '');
  return {
    draft: { ...draft, text, cursor: text.length, own, recalled: to === history.length ? null : to },
    wishes: [],
  };
}

function edited(draft: Draft, before: string, after: string): Edited {
  return { draft: { ...draft, text: before + after, cursor: before.length, recalled: null }, wishes: [] };
}

function cutting(draft: Draft, cut: string, before: string, after: string): Edited {
  return edited({ ...draft, cut: cut === '' ? draft.cut : cut }, before, after);
}

function isText(key: string): boolean {
  return !/[\x00-\x1f\x7f]/.test(key);
}

function wordStart(before: string): number {
  return before.length - (/\S*\s*$/.exec(before)?.[0].length ?? 0);
}

function withoutLast(text: string): string {
  return text.slice(0, text.length - (Array.from(text).at(-1)?.length ?? 0));
}

function firstLength(text: string): number {
  const point = text.codePointAt(0);
  return point === undefined ? 0 : String.fromCodePoint(point).length;
}

/** The line with a word completed: what all candidates share, and a space when there is but one. */
export function complete(draft: Draft, candidates: readonly string[]): Draft {
  const before = draft.text.slice(0, draft.cursor);
  const word = /\S*$/.exec(before)?.[0] ?? '';
  const fitting = candidates.filter((candidate) => candidate.startsWith(word));
  const [first] = fitting;
  if (first === undefined) return draft;
  let shared = first;
  for (const other of fitting) while (!other.startsWith(shared)) shared = shared.slice(0, -1);
  const isWhole = fitting.length === 1 && !shared.endsWith('/') && !shared.endsWith('=');
  const added = shared.slice(word.length) + (isWhole ? ' ' : '');
  return edited(draft, before + added, draft.text.slice(draft.cursor)).draft;
}
