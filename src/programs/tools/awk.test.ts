import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const { run } = stage();

test.each([
  [['{print $2}'], 'a b c\nd e f\n', 'b\ne\n'],
  [['{print $9,$10,$11}'], 'a b\n', '  \n'],
  [['-F:', '$3 > 5 {print $1 "=" $3}'], 'a:b:7\nc:d:2\n', 'a=7\n'],
  [['/x/ {n++} END {print n, NR}'], 'x\ny\nx\n', '2 3\n'],
  [['NR>1'], 'one\ntwo\nthree\n', 'two\nthree\n'],
  [['BEGIN {printf "%-5s|%03d\\n", "ab", 7}'], '', 'ab   |007\n'],
  [['$1 ~ /^a/ && NF == 2 {print $NF}'], 'ab c\nab\nb c\n', 'c\n'],
  [['-v', 'x=3', '{print $1 * x}'], '2\n', '6\n'],
])('awk %j', (words, input, output) => {
  expect(run(['awk', ...words], input)).toEqual({ out: output, err: '', status: { code: 0 } });
});

test('awk says what of it is not modelled', () => {
  expect(run(['awk', '{ if (x) print }'])).toEqual({
    out: '',
    err: 'glassdock: awk: "if" is not modelled yet\n',
    status: { code: 2 },
  });
});
