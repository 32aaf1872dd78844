/** What jq prints: answers of the real one (1.6, asked; 1.7.1's where its manual says they differ). */
import { expect, test } from 'vitest';
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import { stage } from '../programs.fixture.ts';

const host = stage();
const json = '{"a":{"b":[1,2,{"c":"é\\u0001\\"x"}]},"e":[],"o":{},"n":null,"f":1.5,"t":true}\n';

function jq(words: readonly string[], input = json) {
  const { out, err, status } = host.run(['jq', ...words.map(utf8)], utf8(input));
  return { out: fromUtf8(out), err: fromUtf8(err), code: 'code' in status ? status.code : -1 };
}

const answers: readonly (readonly [filter: string, ...lines: readonly string[]])[] = [
  ['.a.b[2].c', '"é\\u0001\\"x"'],
  ['.a.b[-1].c|length', '4'],
  ['.a.b[0:2]', '[1,2]'],
  ['.a.b[0,1]', '1', '2'],
  ['.x // .n // "d"', '"d"'],
  ['keys', '["a","e","f","n","o","t"]'],
  ['[.[]|type]|unique', '["array","boolean","null","number","object"]'],
  ['{a:.f, (.a.b[2].c): 1, t}', '{"a":1.5,"é\\u0001\\"x":1,"t":true}'],
  ['{(("a","b")):(1,2)}', '{"a":1}', '{"a":2}', '{"b":1}', '{"b":2}'],
  ['[(1,2)+(10,20)]', '[11,12,21,22]'],
  ['"x\\(.f)y\\("in" + "side")"', '"x1.5yinside"'],
  ['to_entries[]|select(.value==null).key', '"n"'],
  ['with_entries(.value|=type)|.f', '"number"'],
  ['[paths]|length', '11'],
  ['del(.a,.e,.o)', '{"n":null,"f":1.5,"t":true}'],
  ['.a.b[0] += 5|.a.b[:2]', '[6,2]'],
  ['.a.b |= map(type)|.a', '{"b":["number","number","object"]}'],
  ['[foreach (1,2,3) as $x (0; .+$x; [$x,.])]', '[[1,1],[2,3],[3,6]]'],
  ['reduce .a.b[0,1] as $x (0; .+$x)', '3'],
  ['def f($a; $b): $a+$b; f(1;2)', '3'],
  ['. as {a:{b:[$p]}} | $p', '1'],
  ['[.[]?|strings], [..|numbers]', '[]', '[1,2,1.5]'],
  ['if .n then 1 elif .t then 2 else 3 end', '2'],
  ['try error("z") catch .', '"z"'],
  ['label $out | 1, break $out, 2', '1'],
  ['[{"a":2},{"a":1}]|sort_by(.a)|map(.a)', '[1,2]'],
  ['[{"a":1},{"a":1},{"a":2}]|group_by(.a)|map(length)', '[2,1]'],
  ['"test"|test("T";"i"), gsub("t";"T")', 'true', '"TesT"'],
  ['"a1b2"|[scan("[0-9]")]', '["1","2"]'],
  ['"abc"|capture("(?<x>b)")', '{"x":"b"}'],
  ['["a",1,null]|@csv,@tsv', '"\\"a\\",1,"', '"a\\t1\\t"'],
  ['[1,"a b"]|@sh', '"1 \'a b\'"'],
  ['"a b&é"|@uri,@base64', '"a%20b%26%C3%A9"', '"YSBiJsOp"'],
  ['1e17,1e18,1e-5,0.1+0.2', '1e+17', '1e+18', '1e-05', '0.30000000000000004'],
  ['"1"|tonumber+1', '2'],
  ['[1,[2,[3]]]|flatten', '[1,2,3]'],
  ['[1,null,"a",true]|join("-")', '"1--a-true"'],
];

test.each(answers)('%s', (filter, ...lines) => {
  expect(jq(['-c', filter])).toEqual({ out: lines.map((line) => `${line}\n`).join(''), err: '', code: 0 });
});

const atRunTime: readonly (readonly [filter: string, message: string])[] = [
  ['.a.b.c', 'Cannot index array with string "c"'],
  ['.a[0]', 'Cannot index object with number'],
  ['.n[]', 'Cannot iterate over null (null)'],
  ['.a.b[0] + "x"', 'number (1) and string ("x") cannot be added'],
  ['.a.b|join(",")', 'string ("1,2,") and object ({"c":"é\\u0...) cannot be added'],
  ['@csv', 'object ({"a":{"b":[...) cannot be csv-formatted, only array'],
  ['.f|test("a")', 'number (1.5) cannot be matched, as it is not a string'],
  ['true|length', 'boolean (true) has no length'],
  ['1|keys', 'number (1) has no keys'],
  ['error("x")', 'x'],
];

test.each(atRunTime)('%s fails', (filter, message) => {
  expect(jq([filter])).toEqual({ out: '', err: `jq: error (at <stdin>:1): ${message}\n`, code: 5 });
});

test('what is no program is shown with its place', () => {
  const shell = ' (Unix shell quoting issues?) at <top-level>, line 1:\n';
  expect(jq(['foo']).err).toBe('jq: error: foo/0 is not defined at <top-level>, line 1:\nfoo\njq: 1 compile error\n');
  expect(jq(['.a b']).err).toBe(
    `jq: error: syntax error, unexpected IDENT, expecting end of file${shell}.a b   \njq: 1 compile error\n`,
  );
  expect(jq(['.a |']).err).toBe(
    `jq: error: syntax error, unexpected end of file${shell}.a |   \njq: 1 compile error\n`,
  );
  expect(jq(['$x']).code).toBe(3);
});

test('what is no JSON is told with its line and column', () => {
  expect(jq(['.'], '{a}').err).toBe('jq: parse error: Invalid numeric literal at line 1, column 3\n');
  expect(jq(['.'], '[1,]').err).toBe('jq: parse error: Expected another array element at line 1, column 4\n');
  expect(jq(['.'], '{"a":\n')).toEqual({
    out: '',
    err: 'jq: parse error: Unfinished JSON term at EOF at line 2, column 0\n',
    code: 2,
  });
});

test('values are laid out, several from one stream, and numbers keep their text', () => {
  expect(jq(['.'], '{"a":[1,{}],"b":[]} 18446744073709551615').out).toBe(
    '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}\n18446744073709551615\n',
  );
  expect(jq(['-r', '.[]'], '["a","b"]').out).toBe('a\nb\n');
  expect(jq(['-e', '.'], 'null').code).toBe(1);
  expect(jq(['--arg', 'x', '1', '-n', '$x']).out).toBe('"1"\n');
  expect(jq(['.', '/nosuch']).err).toBe('jq: error: Could not open /nosuch: No such file or directory\n');
});
