import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';
import { typeTo } from '../terminal.fixture.ts';

const low = { rows: 3, columns: 30 };

test('stty and tput say how large the window is, and 80 by 24 where there is none', () => {
  const ask = 'stty size; tput cols; echo $(tput lines 2>/dev/null) $(COLUMNS=7 tput cols)\n';

  const { screen } = typeTo(['-sh'], [low, ask, { rows: 9, columns: 40 }, ask, 'exit\n']);

  expect(screen).toContain('\r\n3 30\r\n30\r\n3 7\r\n');
  expect(screen).toContain('\r\n9 40\r\n40\r\n9 7\r\n');
  expect(stage().sh('export TERM=xterm; tput cols; tput lines').out).toBe('80\n24\n');
});

test('tput is as ncurses 6.4 with xterm-256color', () => {
  const { out, err } = stage().sh(
    'export TERM=xterm-256color; tput bold; tput setaf 1; tput setaf 9; tput setab 200; tput cup 3 4; tput sgr0;' +
      'tput nosuch || echo $?; tput constructor; TERM= tput cols || echo $?',
  );

  expect(out).toBe('\x1b[1m\x1b[31m\x1b[91m\x1b[48;5;200m\x1b[4;5H\x1b(B\x1b[m4\n2\n');
  expect(err).toBe(
    "tput: unknown terminfo capability 'nosuch'\ntput: unknown terminfo capability 'constructor'\n" +
      'tput: No value for $TERM and no -T specified\n',
  );
});

test('watch and top draw again as soon as the window has another size', () => {
  const watched = typeTo(['-sh'], ['watch -n 60 seq 9\n', low, '\x03', 'exit\n'])
    .screen.split('\x1b[H\x1b[2J')
    .slice(1);
  expect(watched.map((frame) => frame.split('\r\n').filter((line) => /^\d/.test(line)).length)).toEqual([9, 1]);

  const { screen } = typeTo(['-sh'], ['top -d 60\n', low, 'q', 'exit\n']);
  const drawn = screen.split('\x1b[?1l')[0]?.split('\x1b[H').slice(2) ?? [];
  expect(drawn.map((frame) => frame.split('\r\n').length)).toEqual([11, 3]);
});
