/** Filters and what a real containerd 1.7.24 made of them, asked by its ctr with two containers there. */
import { expect, test } from 'vitest';
import type { Running } from '../../kernel/abi.ts';
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import { FilterError, isWanted, parseFilters } from './filters.ts';
import type { Fields } from './filters.ts';

const web: Fields = ([first = '', ...rest]) =>
  ({
    id: 'web',
    'runtime name': 'io.containerd.runc.v2',
    'labels a.b': 'c',
    'labels x': 'y',
  })[first === 'id' ? first : `${first} ${rest.join('.')}`];
const db: Fields = (path) => (path[0] === 'labels' ? undefined : path[0] === 'id' ? 'db' : web(path));

/** The names of those that pass, or the complaint. */
function listed(...texts: readonly string[]): string {
  function* log(): Running<void> {}
  const passes = (fields: Fields): boolean => finished(isWanted(parseFilters(texts.map(utf8)), fields, log));
  try {
    return [...(passes(db) ? ['db'] : []), ...(passes(web) ? ['web'] : [])].join(' ');
  } catch (error) {
    if (error instanceof FilterError) return fromUtf8(error.message);
    throw error;
  }
}

function finished<T>(coroutine: Running<T>): T {
  const step = coroutine.next();
  if (step.done !== true) throw new Error('it asked the kernel for something');
  return step.value;
}

test.each([
  ['', 'db web'],
  ['id', 'db web'],
  ['id==web', 'web'],
  ['id!=web', 'db'],
  ['id~=w.b', 'web'],
  ['id~=^w', 'web'],
  ['id~=[', ''],
  ['id== web', 'web'],
  ['id == web', 'web'],
  [' id==web', 'web'],
  ['id.x', 'db web'],
  ['labels', ''],
  ['labels.a', ''],
  ['labels.a.b', 'web'],
  ['labels.a.b==c', 'web'],
  ['labels."a.b"==c', 'web'],
  ['labels.x==y,id==web', 'web'],
  ['labels.x==y,id==db', ''],
  ['labels.x!=y', 'db'],
  ['labels.q!=y', 'db web'],
  ['runtime', ''],
  ['runtime.name', 'db web'],
  ['runtime.name==io.containerd.runc.v2', 'db web'],
  ['runtime.name~=runc', 'db web'],
  ['runtime.x', ''],
  ['image', ''],
  ['image==""', ''],
  ['image!=""', ''],
  ['foo', ''],
  ['foo==bar', ''],
  ['foo!=bar', 'db web'],
  ['id=="web"', 'web'],
  ['id~=/w.*/', 'web'],
  ['id~=|^web$|', 'web'],
  ['id=="\\x77eb"', 'web'],
  ['id=="w\\u0065b"', 'web'],
  ['id=="\\167eb"', 'web'],
  ['id~=w\\w', 'web'],
  ['id==web"x"', ''],
  ['id==we.b', ''],
  ['id==w=b', ''],
  ['1id', ''],
  ['_id', ''],
  ['id==é', ''],
  ['id==wéb', ''],
  ['id,image', ''],
  ['id, image==""', ''],
  ['id==web.', ''],
  ['id==(a)', ''],
  ['"id"==web', 'web'],
  ['labels.""==c', ''],
  ['labels.a."b"==c', 'web'],
  ['id~=""', 'db web'],
  ['id==@', ''],
  ['id==a:b', ''],
  ['id=="a,b"', ''],
  ['id==a,b', ''],
  ['id~=(?i)WEB', 'web'],
  ['id~=(?=web)', ''],
  ['id~=\\bweb\\b', 'web'],
  ['id~=\\x{77}eb', 'web'],
  ['id~=[[:alpha:]]+$', 'db web'],
  ['id~=w{1}eb', 'web'],
  ['id~=*', ''],
  ['id~=(w', ''],
  ['id~=\\1', ''],
  ['id~=(?P<n>w)eb', 'web'],
  ['id~=\\pLeb', 'web'],
  ['id~=\\Aweb\\z', 'web'],
  ['id~=(?<n>w)eb', 'web'],
  ['id~=\\d', ''],
  ['id~=a{', ''],
  ['id~=]', ''],
  ['id~=}', ''],
  ['labels.a.b~=^.$', 'web'],
  ['id==\\web', ''],
  ['id\t==\tweb', 'web'],
  ['id==`web`', ''],
  ["id=='web'", ''],
  ['id~=|\\||', 'db web'],
  ['id~="\\\\w"', 'db web'],
  ['id~=/\\//', ''],
  ['id=="\\"web"', ''],
  ['labels."\\xc3\\xa9"==x', ''],
  ['id==web!=x', ''],
  ['id!=web,id!=db', ''],
  ['id==🐳x🐳', ''],
  ['id==“x”', ''],
])('%s lists: %s', (filter, names) => {
  expect(listed(filter)).toBe(names);
});

test.each([
  ['id@=we', 'id >|@|< =we', 'expected an operator ("=="|"!="|"~=")'],
  ['id=web', 'id >|=|< web', 'unsupported operator "="'],
  ['id===web', 'id >|=|< ==web', 'unsupported operator "==="'],
  ['id==', 'id==', 'expected value or quoted'],
  ['id!', 'id >|!|< ', 'unsupported operator "!"'],
  ['id~', 'id >|~|< ', 'unsupported operator "~"'],
  ['id==web ', 'id==web >| |< ', 'unexpected input:  '],
  ['id==web,', 'id==web,', 'expected field or quoted'],
  [',', ' >|,|< ', 'expected field or quoted'],
  [',id', ' >|,|< id', 'expected field or quoted'],
  ['.', ' >|.|< ', 'expected field or quoted'],
  ['id.', 'id.', 'expected field or quoted'],
  ['labels.|a.b|==c', 'labels. >|||< a.b|==c', 'invalid quote encountered'],
  ['labels./a.b/==c', 'labels. >|/|< a.b/==c', 'invalid quote encountered'],
  ['labels."a.b', 'labels. >|"|< a.b', 'quoted literal not terminated'],
  ['image==', 'image==', 'expected value or quoted'],
  ['id==|web|', 'id== >|||< web|', 'invalid quote encountered'],
  ['id==/web/', 'id== >|/|< web/', 'invalid quote encountered'],
  ['id=="x', 'id== >|"|< x', 'quoted literal not terminated'],
  ['id==|x', 'id== >|||< x', 'quoted literal not terminated'],
  ['id=="\\q"', 'id== >|"|< \\q"', 'illegal escape sequence'],
  ['id=="\\400"', 'id== >|"|< \\400"', 'unquoting failed: quote syntax error'],
  ['id=="\\U11111111"', 'id== >|"|< \\U11111111"', 'unquoting failed: quote syntax error'],
  ['id=="\\xzz"', 'id== >|"|< \\xzz"', 'illegal numeric escape sequence'],
  ['id=="\\|web"', 'id== >|"|< \\|web"', 'illegal escape sequence'],
  ['id==|\\|web|', 'id== >|||< \\|web|', 'invalid quote encountered'],
  ['id=="web"x', 'id=="web" >|x|< ', 'unexpected input: x'],
  ['id==.web', 'id== >|.|< web', 'expected value or quoted'],
  ['id=<web', 'id >|=|< <web', 'unsupported operator "="'],
  ['id<web', 'id >|<|< web', 'expected an operator ("=="|"!="|"~=")'],
  ['id>web', 'id >|>|< web', 'expected an operator ("=="|"!="|"~=")'],
  ['é==a', ' >|�|< �==a', 'expected field or quoted'],
  ['id web', 'id  >|w|< eb', 'expected an operator ("=="|"!="|"~=")'],
  ['id==web db', 'id==web >| |< db', 'unexpected input:  '],
  ['id==!web', 'id >|=|< =!web', 'unsupported operator "==!"'],
  ['(id)', ' >|(|< id)', 'expected field or quoted'],
  ['|id|==web', ' >|||< id|==web', 'invalid quote encountered'],
  ['labels.a..b', 'labels.a. >|.|< b', 'expected field or quoted'],
  ['id~=', 'id~=', 'expected value or quoted'],
  ['id@web', 'id >|@|< web', 'expected an operator ("=="|"!="|"~=")'],
  ['id:web', 'id >|:|< web', 'expected an operator ("=="|"!="|"~=")'],
  ["'id'==web", " >|'|< id'==web", 'expected field or quoted'],
  ['€==a', ' >|�|< ��==a', 'expected field or quoted'],
  ['id€', 'id >|�|< ��', 'expected an operator ("=="|"!="|"~=")'],
  ['id ', 'id ', 'expected an operator ("=="|"!="|"~=")'],
  ['id ,x', 'id  >|,|< x', 'expected an operator ("=="|"!="|"~=")'],
  ['"\\q', ' >|"|< \\q', 'illegal escape sequence'],
  ['"\\', ' >|"|< \\', 'illegal escape sequence'],
  ['id~="a', 'id~= >|"|< a', 'quoted literal not terminated'],
  ['id"x', 'id >|"|< x', 'quoted literal not terminated'],
  ['id"x"', 'id >|"|< x"', 'expected an operator ("=="|"!="|"~=")'],
  ['id=="web" ', 'id=="web" >| |< ', 'unexpected input:  '],
  ['labels."a"b', 'labels."a" >|b|< ', 'expected an operator ("=="|"!="|"~=")'],
  ['id== ', 'id== ', 'expected value or quoted'],
  ['id==web,,id', 'id==web, >|,|< id', 'expected field or quoted'],
  ['id==|\\q|', 'id== >|||< \\q|', 'illegal escape sequence'],
  ['id~=|\\w|', 'id~= >|||< \\w|', 'illegal escape sequence'],
  ['id.."x"', 'id. >|.|< "x"', 'expected field or quoted'],
  ['id=="web"."x"', 'id=="web" >|.|< "x"', 'unexpected input: .'],
  ['id==web id', 'id==web >| |< id', 'unexpected input:  '],
  ['!id', ' >|!|< id', 'expected field or quoted'],
  ['==web', ' >|=|< =web', 'expected field or quoted'],
  ['id=="\\u12"', 'id== >|"|< \\u12"', 'illegal numeric escape sequence'],
  ['id=="\\08"', 'id== >|"|< \\08"', 'illegal numeric escape sequence'],
  ['id=="\\18x"', 'id== >|"|< \\18x"', 'illegal numeric escape sequence'],
  ['id="\\"', 'id >|=|< "\\"', 'unsupported operator "="'],
  ['🐳', ' >|�|< ���', 'expected field or quoted'],
  ['id==a b', 'id==a >| |< b', 'unexpected input:  '],
])('%s is refused at [%s]: %s', (filter, place, words) => {
  expect(listed(filter)).toBe(`filters: parse error: [${place}]: ${words}: invalid argument`);
});

test('several filters are alternatives, and one that cannot be read is told whatever the others are', () => {
  expect(listed()).toBe('db web');
  expect(listed('id==web', 'id==db')).toBe('db web');
  expect(listed('foo', 'id==db')).toBe('db');
  expect(listed('id==web', 'id==')).toContain('[id==]: expected value or quoted');
});

test('a pattern that does not compile is told in the log for each object that it is held against', () => {
  const logged: string[] = [];
  function* log(level: string, message: string): Running<void> {
    logged.push(`${level}: ${message}`);
  }
  for (const fields of [db, web]) finished(isWanted(parseFilters(['id~=\\1']), fields, log));
  expect(logged).toEqual(Array(2).fill('error: error compiling regexp "\\\\1"'));
});
