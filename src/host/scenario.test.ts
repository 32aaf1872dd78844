import { expect, test } from 'vitest';
import { isScenario, parseScenario } from './scenario.ts';

test('a scenario says what it is about, where something is typed, what passes, and what must be seen', () => {
  const text = [
    '# scenario: two terminals',
    '# A remark.',
    '',
    'seed 7',
    'images busybox nginx',
    '$ docker run -d busybox sleep 9',
    '2> docker events',
    'wait 1m30s',
    '2 key Ctrl-C',
    '2 expect die',
    'refuse error',
  ].join('\n');

  expect(parseScenario(text)).toEqual({
    title: 'two terminals',
    seed: 7,
    images: ['busybox', 'nginx'],
    steps: [
      { type: 'command', line: 6, terminal: 1, text: 'docker run -d busybox sleep 9', stays: false },
      { type: 'command', line: 7, terminal: 2, text: 'docker events', stays: true },
      { type: 'wait', line: 8, ns: 90e9 },
      { type: 'keys', line: 9, terminal: 2, keys: '\x03' },
      { type: 'expect', line: 10, terminal: 2, text: 'die', absent: false },
      { type: 'expect', line: 11, terminal: 1, text: 'error', absent: true },
    ],
  });
});

const wrong: readonly (readonly [line: string, sentence: string])[] = [
  ['wait long', 'wait takes a duration like 10s or 500ms, not "long"'],
  ['key F13', 'no key "F13": Ctrl-C and its kin, or Enter, Tab, Escape, Up, Down, Backspace'],
  ['seed -1', 'seed takes a whole number'],
  ['12$ ls', 'terminals are numbered from 1 to 9'],
  [
    'docker ps',
    '"docker ps" is no line of a scenario: $ COMMAND, > COMMAND, key NAME, type TEXT, wait DURATION, expect TEXT, refuse TEXT',
  ],
];

test.each(wrong)('of “%s” it is said what is wrong, and where', (line, message) => {
  expect(parseScenario(`# scenario: wrong\n\n${line}`)).toEqual({ line: 3, message });
});

test('a shell script is no scenario', () => {
  expect(isScenario('#!/bin/sh\necho hello\n')).toBe(false);
  expect(parseScenario('echo hello')).toEqual({
    line: 1,
    message: 'the first line has to be "# scenario: WHAT IT IS ABOUT"',
  });
});
