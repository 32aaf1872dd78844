import { readFileSync, readdirSync } from 'node:fs';
import { parseSync } from 'vite';

/** A source file as the house rules read it: its path from the project's root, with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A node of the syntax tree in the ESTree shape. The rules ask for few of its properties, so none is promised. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [property: string]: unknown;
}

const code = /\.(ts|tsx|mjs)$/;

/** Every code file under the given folders of the project, in the order of their paths. */
export function sourcesUnder(...folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => code.test(path) && !path.includes('/fixtures/'))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** Calls `visit` for every node of the file's syntax tree with its parent; comments are no nodes. */
export function visitSyntax(file: SourceFile, visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => void): void {
  walk(parseSync(file.path, file.text).program, undefined, visit);
}

function walk(
  value: unknown,
  parent: SyntaxNode | undefined,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, parent, visit);
    return;
  }
  if (!isNode(value)) return;
  visit(value, parent);
  for (const property of Object.values(value)) {
    if (typeof property === 'object' && property !== null) walk(property, value, visit);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** `path:line`, as editors and terminals make it a link. */
export function placeOf(file: SourceFile, offset: number): string {
  return `${file.path}:${file.text.slice(0, offset).split('\n').length}`;
}
