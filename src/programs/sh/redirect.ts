/** Redirections: POSIX, Shell Command Language, 2.7. */
import { parse, type HereDoc, type Redirect, type Redirection } from 'unbash';
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../io.ts';
import { expandQuoted, expandToText } from './expand.ts';
import { ShellError } from './flow.ts';
import { forkShell, makePipe } from './fork.ts';
import type { Shell } from './shell.ts';

/** A descriptor as it was before a redirection: its copy, or null when it was closed. */
interface Saved {
  readonly fd: number;
  readonly copy: number | null;
}
export type SavedDescriptors = Saved[];

/**
 * Does the redirections in order. With `saved`, what they replace is put aside there, to come back with `restore`.
 * Throws ShellError.
 */
export function* redirect(
  shell: Shell,
  redirections: readonly Redirection[],
  saved: SavedDescriptors | null,
): Running<void> {
  for (const redirection of redirections) {
    if (redirection.descriptor?.type === 'FileDescriptorVariable')
      throw new ShellError(shell.dialect.unexpected('redirection', null));
    const number = redirection.descriptor?.value;
    if (redirection.type === 'HereString') throw new ShellError(shell.dialect.unexpected('redirection', null));
    if (redirection.type === 'HereDoc') {
      yield* place(shell, yield* openHereDocument(shell, redirection), number ?? 0, saved);
    } else {
      yield* redirectOne(shell, redirection, number, saved);
    }
  }
}

function* redirectOne(
  shell: Shell,
  redirection: Redirect,
  number: number | undefined,
  saved: SavedDescriptors | null,
): Running<void> {
  const { operator, target } = redirection;
  if (!target) throw new ShellError(shell.dialect.unexpected('redirection', null));
  const word = yield* expandToText(shell, target);
  const fd = number ?? (operator.startsWith('<') ? 0 : 1);
  if (operator === '<&' || operator === '>&') {
    yield* duplicate(shell, word, fd, saved);
    return;
  }
  yield* place(
    shell,
    yield* openTarget(shell, operator === '&>' ? '>' : operator === '&>>' ? '>>' : operator, word),
    fd,
    saved,
  );
  // ash has bash's `&>`; dash never gets here with it.
  if (operator.startsWith('&')) yield* duplicate(shell, '1', 2, saved);
}

function* duplicate(shell: Shell, word: string, fd: number, saved: SavedDescriptors | null): Running<void> {
  if (word === '-') {
    yield* putAside(shell, fd, saved);
    yield* closeIfOpen(fd);
    return;
  }
  if (!/^[0-9]+$/.test(word))
    throw new ShellError(shell.dialect.name === 'dash' ? 'Syntax error: Bad fd number' : 'syntax error: bad fd number');
  const from = Number(word);
  if (from === fd) return;
  yield* putAside(shell, fd, saved);
  try {
    yield* sys.dup(from, fd);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new ShellError(
      shell.dialect.name === 'dash' ? `${from}: Bad file descriptor` : `dup2(${from},${fd}): Bad file descriptor`,
    );
  }
}

function* openTarget(shell: Shell, operator: '<' | '>' | '>>' | '<>' | '>|', path: string): Running<number> {
  try {
    switch (operator) {
      case '<':
        return yield* sys.open(path, O.RDONLY);
      case '<>':
        return yield* sys.open(path, O.RDWR | O.CREAT);
      case '>>':
        return yield* sys.open(path, O.WRONLY | O.CREAT | O.APPEND);
      case '>|':
        return yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC);
      case '>':
        return yield* create(shell, path);
    }
  } catch (error) {
    if (!isErrno(error)) throw error;
    const { dialect } = shell;
    throw new ShellError(
      operator === '<' ? dialect.cannotOpen(path, error.errno) : dialect.cannotCreate(path, error.errno),
    );
  }
}

/** `>`; with `set -C` an existing regular file is refused. */
function* create(shell: Shell, path: string): Running<number> {
  if (!shell.options.has('C')) return yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC);
  try {
    return yield* sys.open(path, O.WRONLY | O.CREAT | O.EXCL);
  } catch (error) {
    if (!isErrno(error, 'EEXIST') || (yield* sys.stat(path)).type === 'file') throw error;
    return yield* sys.open(path, O.WRONLY);
  }
}

/** Moves an opened descriptor to the number it is meant for. */
function* place(shell: Shell, opened: number, fd: number, saved: SavedDescriptors | null): Running<void> {
  // It may have got the very number: then that one was closed before.
  if (opened === fd) {
    if (saved && !saved.some((one) => one.fd === fd)) saved.push({ fd, copy: null });
    return;
  }
  yield* putAside(shell, fd, saved);
  yield* sys.dup(opened, fd);
  yield* sys.close(opened);
}

function* putAside(shell: Shell, fd: number, saved: SavedDescriptors | null): Running<void> {
  if (!saved || saved.some((one) => one.fd === fd)) return;
  const copy = shell.nextSaved;
  try {
    yield* sys.dup(fd, copy, true);
    shell.nextSaved += 1;
    saved.push({ fd, copy });
  } catch (error) {
    if (!isErrno(error, 'EBADF')) throw error;
    saved.push({ fd, copy: null });
  }
}

/** Brings back what redirections replaced. */
export function* restore(shell: Shell, saved: SavedDescriptors): Running<void> {
  for (const { fd, copy } of saved.toReversed()) {
    if (copy === null) {
      yield* closeIfOpen(fd);
    } else {
      yield* sys.dup(copy, fd);
      yield* sys.close(copy);
      shell.nextSaved -= 1;
    }
  }
}

/** For `exec >file`: the redirections stay. */
export function* forget(shell: Shell, saved: SavedDescriptors): Running<void> {
  for (const { copy } of saved) {
    if (copy === null) continue;
    yield* sys.close(copy);
    shell.nextSaved -= 1;
  }
}

function* closeIfOpen(fd: number): Running<void> {
  try {
    yield* sys.close(fd);
  } catch (error) {
    if (!isErrno(error, 'EBADF')) throw error;
  }
}

/** What a pipe takes at once; a longer document needs a process that writes it (as dash and ash do it). */
const pipeCapacity = 65536;

/** The read end of a pipe with the document in it. */
function* openHereDocument(shell: Shell, document: HereDoc): Running<number> {
  const text = yield* expandDocument(shell, document);
  const [reader, writer] = yield* makePipe(shell);
  if (text.length <= pipeCapacity) {
    yield* writeAll(writer, text);
  } else {
    yield* forkShell(shell, { pgid: null, foreground: false }, function* (): Running {
      yield* sys.close(reader);
      yield* writeAll(writer, text);
      return 0;
    });
  }
  yield* sys.close(writer);
  return reader;
}

function* expandDocument(shell: Shell, document: HereDoc): Running<string> {
  const isStripped = document.operator === '<<-';
  const text = isStripped ? document.body.text.replace(/^\t+/gm, '') : document.body.text;
  if (document.delimiter?.quoted === true || !/[$`\\]/.test(text)) return text;
  const body = isStripped ? bodyOf(text) : document.body;
  if (!body?.parts) return text.replace(/\\([$`\\])/g, '$1').replace(/\\\n/g, '');
  const expanded = yield* expandQuoted(shell, body.parts);
  return text.endsWith('\n') ? expanded : expanded.replace(/\n$/, '');
}

/** Parses a here-document's text again, after its tabs are gone. */
function bodyOf(text: string): HereDoc['body'] | undefined {
  let delimiter = 'END';
  while (text.includes(delimiter)) delimiter += '_';
  const command = parse(`:<<${delimiter}\n${text.replace(/\n?$/, '\n')}${delimiter}\n`).commands[0]?.command;
  const document = command?.type === 'Command' ? command.redirects[0] : undefined;
  return document?.type === 'HereDoc' ? document.body : undefined;
}
