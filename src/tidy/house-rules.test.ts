import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { placeOf, sourcesUnder, visitSyntax, type SourceFile } from './sources.ts';

const sources = sourcesUnder(...['src', 'scripts', 'bin', 'e2e'].filter((folder) => existsSync(folder)));

/** Words that say where a thing was put instead of what it is. */
const emptyWords = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'shared', 'misc'];

test('a line has 120 columns at most, but where a text or a pattern is kept whole', () => {
  const whole = /^\s*["'`/](?!\/|\*)/;
  const wrong = sources
    .filter(({ path }) => !path.endsWith('.en.ts'))
    .flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, index) =>
          line.length > 120 && !whole.test(line) ? [`${file.path}:${index + 1}: ${line.length} columns`] : [],
        ),
    );

  expect(wrong).toEqual([]);
});

test('a style sheet styles one thing, in 400 lines at most', () => {
  const sheets = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.css'));
  const lengths = sheets.map((name) => [name, readFileSync(`src/${name}`, 'utf8').split('\n').length] as const);

  expect(lengths.filter(([, length]) => length > 400)).toEqual([]);
});

test('files and folders are named for what they hold, in kebab-case, and components in PascalCase', () => {
  const component = /^[A-Z][A-Za-z0-9]*(\.test)?\.tsx$/;
  const other = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|fixture|spec|machine|worker|config|[a-z]{1,2}))*\.(ts|tsx|mjs)$/;
  const wrong = sources.flatMap(({ path }) => {
    const names = path.split('/');
    const file = names.at(-1) ?? '';
    const empty = names.flatMap((name) => name.split(/[.-]/)).filter((word) => emptyWords.includes(word));
    if (empty.length > 0) return [`${path}: "${empty[0]}" says nothing: name the noun it holds`];
    return component.test(file) || other.test(file)
      ? []
      : [`${path}: write kebab-case.ts, or PascalCase.tsx for a component`];
  });

  expect(wrong).toEqual([]);
});

test('top-level names say what the thing is', () => {
  const wrong = sources.flatMap((file) =>
    topLevelNames(file).flatMap(({ name, place }) => {
      const words = name.split(/(?=[A-Z])|_/).map((word) => word.toLowerCase());
      const empty = emptyWords.find((word) => word === words.at(-1));
      return empty === undefined ? [] : [`${place}: ${name}: "${empty}" says nothing: name the noun`];
    }),
  );

  expect(wrong).toEqual([]);
});

test('imports name the defining file with its extension, and no file only passes on what others define', () => {
  const wrong = sources.filter(({ path }) => path.startsWith('src/')).flatMap(wrongModules);

  expect(wrong).toEqual([]);
});

test('a rule that is switched off says why', () => {
  const silenced = /(oxlint-disable|eslint-disable|@ts-ignore|@ts-expect-error|oxfmt-ignore)(?!.* -- \S)/;
  const wrong = sources.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, index) =>
        silenced.test(line) && !file.path.startsWith('src/tidy/')
          ? [`${file.path}:${index + 1}: add " -- reason"`]
          : [],
      ),
  );

  expect(wrong).toEqual([]);
});

/** What a file's own statements declare, exported or not. */
function topLevelNames(file: SourceFile): readonly { readonly name: string; readonly place: string }[] {
  const names: { name: string; place: string }[] = [];
  const topLevel = new Set<unknown>();
  visitSyntax(file, (node, parent) => {
    if (parent?.type === 'Program' || (parent?.type.startsWith('Export') === true && topLevel.has(parent))) {
      topLevel.add(node);
    }
    if (node.type === 'VariableDeclarator' && topLevel.has(parent)) topLevel.add(node);
    if (node.type === 'Identifier' && topLevel.has(parent) && parent?.['id'] === node) {
      names.push({ name: String(node['name']), place: placeOf(file, node.start) });
    }
  });
  return names;
}

function wrongModules(file: SourceFile): readonly string[] {
  const wrong: string[] = [];
  visitSyntax(file, (node) => {
    if (node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && isObject(node['source']))) {
      wrong.push(`${placeOf(file, node.start)}: no re-exports: let the reader import from the defining file`);
    }
    const source = node.type === 'ImportDeclaration' ? node['source'] : undefined;
    const specifier = isObject(source) && 'value' in source ? String(source.value) : '';
    if (specifier.startsWith('.') && !/\.[a-z]+(\?[a-z&]+)?$/.test(specifier)) {
      wrong.push(`${placeOf(file, node.start)}: ${specifier}: write the extension`);
    }
  });
  return wrong;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
