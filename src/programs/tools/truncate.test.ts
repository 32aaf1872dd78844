import { expect, test } from 'vitest';
import { utf8 } from '../../kernel/bytes.ts';
import { stage } from '../programs.fixture.ts';

test('truncate gives a file its size, by a number or by a difference', () => {
  const { out, err } = stage().sh(
    'cd /tmp; size() { wc -c < $1; }; truncate -s 5 a b; size a; truncate -s 1K a; size a; truncate -s +5 a; size a; ' +
      'truncate -s -2000 a; size a; truncate -s 1MB a; size a; echo hello > c; truncate --size=2 c; cat c; ' +
      'truncate -c -s 3 none; echo $?; ls none',
  );
  expect(out).toBe('5\n1024\n1029\n0\n1000000\nhe0\n');
  expect(err).toBe("ls: cannot access 'none': No such file or directory\n");
});

test('truncate takes the size of another file, bounds, multiples and each suffix of coreutils', () => {
  const sizes = ['1k', '1KiB', '1kB', '<10', '>20', '/8', '%10', 'K'].map(
    (size) => `truncate -s '${size}' b; size b; `,
  );
  const { out, err } = stage().sh(
    'cd /tmp; size() { stat -c %s $1; }; echo hello > a; truncate -r a b; size b; truncate -r a -s +3 b; size b; ' +
      `${sizes.join('')} truncate -r none b; truncate -s 1b b; truncate -s /0 b; truncate -r a -s 1 b`,
  );
  expect(out).toBe('6\n9\n1024\n1024\n1000\n10\n20\n16\n20\n1024\n');
  expect(err).toBe(
    utf8(
      "truncate: cannot stat 'none': No such file or directory\ntruncate: Invalid number: ‘1b’\n" +
        'truncate: division by zero\ntruncate: you must specify a relative ‘--size’ with ‘--reference’\n' +
        "Try 'truncate --help' for more information.\n",
    ),
  );
});

test('truncate complains as coreutils does', () => {
  const { out, err } = stage().sh(
    'truncate -s x f; echo $?; truncate -s 5 /nosuch/x; echo $?; truncate -s 5 /tmp; truncate -s 3; truncate f; truncate -s',
  );
  const help = "Try 'truncate --help' for more information.\n";
  expect(out).toBe('1\n1\n');
  expect(err).toBe(
    utf8(
      'truncate: Invalid number: ‘x’\n' +
        "truncate: cannot open '/nosuch/x' for writing: No such file or directory\n" +
        "truncate: cannot open '/tmp' for writing: Is a directory\n" +
        `truncate: missing file operand\n${help}truncate: you must specify either ‘--size’ or ‘--reference’\n${help}` +
        `truncate: option requires an argument -- 's'\n${help}`,
    ),
  );
});

test('a file has no more than 16 TiB; a directory as a reference, whose end is nowhere, is beyond that', () => {
  const { out, err } = stage().sh(
    'cd /tmp; : > f; truncate -s 17592186040320 f; stat -c %s f; truncate -s 16T f; truncate -s +1P f; ' +
      'truncate -r . f; truncate -s 9223372036854775807 f; stat -c %s f',
  );
  expect(out).toBe('17592186040320\n17592186040320\n');
  const sizes = ['17592186044416', '1143492092882944', '9223372036854775807', '9223372036854775807'];
  expect(err).toBe(sizes.map((size) => `truncate: failed to truncate 'f' at ${size} bytes: File too large\n`).join(''));
});
