import { expect, test } from 'vitest';
import { complete, edit, emptyDraft, withText } from './line-editor.ts';

const history = ['docker ps', 'docker run nginx', 'ls'];
const typed = (keys: string, from = emptyDraft) => edit(from, keys, history);

test('Enter types the line as a whole and leaves an empty one', () => {
  expect(typed('ls -l\r')).toEqual({ draft: emptyDraft, wishes: [{ type: 'send', data: 'ls -l\n' }] });
});

test('a pasted text of several lines is one input, and its last line waits for Enter', () => {
  const { draft, wishes } = typed('a\r\nb\rc');

  expect(wishes).toEqual([{ type: 'send', data: 'a\nb\n' }]);
  expect(draft.text).toBe('c');
});

test('a paste of 10,000 characters is one line', () => {
  expect(typed('x'.repeat(10_000)).draft.text).toHaveLength(10_000);
});

test('Ctrl-C sends what was typed with it, so that the terminal shows what was given up', () => {
  expect(typed('doc\x03').wishes).toEqual([{ type: 'send', data: 'doc\x03' }]);
});

test('Ctrl-A, Ctrl-E, Ctrl-U, Ctrl-K, Ctrl-W and Ctrl-Y edit as readline does', () => {
  expect(typed('echo one two\x17').draft.text).toBe('echo one ');
  expect(typed('one\x01two ').draft.text).toBe('two one');
  expect(typed('one two\x01\x1bf\x0b').draft.text).toBe('one');
  expect(typed('one two\x15').draft.text).toBe('');
  expect(typed('one two\x15\x19').draft.text).toBe('one two');
  expect(typed('one\x01\x05!').draft.text).toBe('one!');
});

test('↑ and ↓ walk through the history and come back to the own line', () => {
  const up = typed('my\x1b[A');
  expect(up.draft.text).toBe('ls');
  expect(typed('\x1b[A', up.draft).draft.text).toBe('docker run nginx');
  expect(typed('\x1b[A\x1b[B\x1b[B', up.draft).draft.text).toBe('my');
});

test('Ctrl-R finds the last line with what is typed, Ctrl-R again the one before, Enter runs it', () => {
  const found = typed('\x12docker');
  expect(found.draft.text).toBe('docker run nginx');
  const further = typed('\x12', found.draft);
  expect(further.draft.text).toBe('docker ps');
  expect(typed('\r', further.draft).wishes).toEqual([{ type: 'send', data: 'docker ps\n' }]);
  expect(typed('\x03', found.draft).draft.text).toBe('');
});

test('characters outside the basic plane are erased whole', () => {
  expect(typed('a🐳\x7f').draft.text).toBe('a');
});

test('completion adds what all candidates share, and a space after the only one', () => {
  expect(complete(withText('docker r'), ['run', 'rm', 'restart']).text).toBe('docker r');
  expect(complete(withText('docker ru'), ['run']).text).toBe('docker run ');
  expect(complete(withText('docker st'), ['start', 'stop', 'stats']).text).toBe('docker st');
  expect(complete(withText('docker sta'), ['start', 'stats']).text).toBe('docker sta');
});
