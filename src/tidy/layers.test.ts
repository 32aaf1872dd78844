import { expect, test } from 'vitest';
import { complaintAbout } from './layers.ts';
import { placeOf, sourcesUnder, visitSyntax, type SourceFile, type SyntaxNode } from './sources.ts';

test('imports run downwards only', () => {
  const wrong = sourcesUnder('src').filter(isLayered).flatMap(wrongImports);

  expect(wrong).toEqual([]);
});

test('a wrong arrow is told with what to do instead', () => {
  expect(complaintAbout('src/kernel/task/exit.ts', '../../engine/runc/create.ts', false)).toContain(
    'kernel must not import engine; it stands on journal (types)',
  );
  expect(complaintAbout('src/kernel/record.ts', '../journal/codec.ts', false)).toContain('write "import type"');
  expect(complaintAbout('src/kernel/record.ts', '../journal/codec.ts', true)).toBeUndefined();
  expect(complaintAbout('src/kernel/record.ts', '../journal/event.ts', false)).toBeUndefined();
  expect(complaintAbout('src/scene/place.ts', 'react', false)).toContain('scene must not import the package react');
  expect(complaintAbout('src/app/start.ts', '../worker/machine.worker.ts?worker&url', false)).toBeUndefined();
  expect(complaintAbout('src/app/start.ts', '../worker/machine.worker.ts', false)).toContain('write "import type"');
  expect(complaintAbout('src/panels/Model.tsx', '../../MODEL.md?raw', false)).toBeUndefined();
  expect(complaintAbout('src/scene/x.ts', '../../MODEL.md?raw', false)).toContain('leaves src');
  expect(complaintAbout('src/misc/x.ts', './y.ts', false)).toContain('src/misc is no layer');
});

/** Tests and their fixtures may reach across; the house rules and the globals belong to no layer. */
function isLayered({ path }: SourceFile): boolean {
  return !/\.(test|fixture)\.tsx?$|^src\/tidy\/|^src\/portable\.d\.ts$/.test(path);
}

function wrongImports(file: SourceFile): readonly string[] {
  const complaints: string[] = [];
  visitSyntax(file, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const complaint = complaintAbout(file.path, specifier, isTypeOnly(node));
    if (complaint !== undefined) complaints.push(`${placeOf(file, node.start)}: ${complaint}`);
  });
  return complaints;
}

/** What an import, a re-export or an import type names. */
function specifierOf(node: SyntaxNode): string | undefined {
  const naming = [
    'ImportDeclaration',
    'ExportNamedDeclaration',
    'ExportAllDeclaration',
    'ImportExpression',
    'TSImportType',
  ];
  if (!naming.includes(node.type)) return undefined;
  const source = node['source'];
  if (typeof source !== 'object' || source === null || !('value' in source)) return undefined;
  return typeof source.value === 'string' ? source.value : undefined;
}

function isTypeOnly(node: SyntaxNode): boolean {
  return node['importKind'] === 'type' || node['exportKind'] === 'type' || node.type === 'TSImportType';
}
