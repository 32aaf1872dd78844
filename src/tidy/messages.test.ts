import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { stage } from '../text/stage.en.ts';
import { story } from '../text/story.en.ts';
import { ui } from '../text/ui.en.ts';
import { sourcesUnder, visitSyntax, type SourceFile, type SyntaxNode } from './sources.ts';

/** What a file says in quotes, and the templates whose value may be a message's key. */
interface Spoken {
  readonly path: string;
  readonly words: ReadonlySet<string>;
  readonly templates: readonly (readonly string[])[];
  readonly imports: readonly string[];
}

const files = sourcesUnder('src')
  .filter(({ path }) => !path.startsWith('src/text/') && !/\.(test|fixture)\.tsx?$/.test(path))
  .filter(({ path }) => /^src\/(app|panels|stage|scene|journal|worker|headless)\//.test(path))
  .map(spokenIn);
const byPath = new Map(files.map((file) => [file.path, file]));

test.each(Object.entries({ ui, stage, story }))(
  'each message of the catalogue %s is said somewhere',
  (_, catalogue) => {
    const unsaid = Object.keys(catalogue).filter((key) => !files.some((file) => says(file, key)));

    expect(unsaid).toEqual([]);
  },
);

/** A key in quotes; or one of a template, when what stands in its hole is in quotes there or two imports away. */
function says(file: Spoken, key: string): boolean {
  if (file.words.has(key)) return true;
  return file.templates.some(([before = '', after = '']) => {
    if (!key.startsWith(before) || !key.endsWith(after)) return false;
    const hole = key.slice(before.length, key.length - after.length);
    const near = importedBy(file);
    return [file, ...near, ...near.flatMap(importedBy)].some(({ words }) => words.has(hole));
  });
}

function importedBy({ imports }: Spoken): readonly Spoken[] {
  return imports.flatMap((path) => byPath.get(path) ?? []);
}

function spokenIn(file: SourceFile): Spoken {
  const words = new Set<string>();
  const templates: string[][] = [];
  const imports: string[] = [];
  visitSyntax(file, (node) => {
    if (node.type === 'Literal' && typeof node['value'] === 'string') words.add(node['value']);
    if (node.type === 'Property') words.add(nameOf(node['key']));
    if (node.type === 'TemplateLiteral') {
      const texts = (node['quasis'] as readonly SyntaxNode[]).map(textOf);
      if (texts.length === 2 && /^[a-z-]+\./.test(texts[0] ?? '')) templates.push(texts);
    }
    if (node.type === 'ImportDeclaration') {
      const { value } = node['source'] as { readonly value: string };
      imports.push(posix.join(posix.dirname(file.path), value));
    }
  });
  return { path: file.path, words, templates, imports };
}

function nameOf(key: unknown): string {
  return typeof key === 'object' && key !== null && 'name' in key ? String(key.name) : '';
}

function textOf(quasi: SyntaxNode): string {
  const { cooked } = quasi['value'] as { readonly cooked: string };
  return cooked;
}
