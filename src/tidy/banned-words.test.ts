import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bannedAsync, bannedGlobals, bannedMembers } from './banned-words.ts';
import { placeOf, sourcesUnder, visitSyntax, type SourceFile, type SyntaxNode } from './sources.ts';

const belowTheScreen = ['kernel', 'journal', 'programs', 'engine', 'host', 'scene'].map((layer) => `src/${layer}`);

/** `boot` and its kin answer callers who live in real time: the one place where a Promise may be spoken of. */
const theDoor = /^src\/host\/(boot|glassdock)\.ts$/;

test('below the screen nothing reads a real clock, timer, chance or country', () => {
  const sources = sourcesUnder(...belowTheScreen.filter((folder) => existsSync(folder)));
  const wrong = sources.filter(({ path }) => !/\.(test|fixture)\.ts$/.test(path)).flatMap(bannedIn);

  expect(wrong).toEqual([]);
});

test('a banned word is told with its replacement, and a word in a comment, a string or a type is not one', () => {
  const text =
    "// Date\nconst a = 'Date'; const b = { Date: 1 }.Date; const c = Date.now() + Math.random(); async () => {};";

  expect(bannedIn({ path: 'src/kernel/x.ts', text })).toEqual([
    `src/kernel/x.ts:2: Date: ${bannedGlobals['Date']}`,
    `src/kernel/x.ts:2: Math.random: ${bannedMembers['Math.random']}`,
    `src/kernel/x.ts:2: async: ${bannedAsync}`,
  ]);
});

function bannedIn(file: SourceFile): readonly string[] {
  const complaints: string[] = [];
  visitSyntax(file, (node, parent) => {
    const word = bannedWord(node, parent);
    if (word === undefined || (theDoor.test(file.path) && (word === 'Promise' || word === 'async'))) return;
    const instead = word === 'async' ? bannedAsync : (bannedGlobals[word] ?? bannedMembers[word]);
    complaints.push(`${placeOf(file, node.start)}: ${word}: ${instead}`);
  });
  return complaints;
}

function bannedWord(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node['async'] === true || node.type === 'AwaitExpression' || node['await'] === true) return 'async';
  if (node.type === 'MemberExpression') {
    const member = nameOf(node['property']);
    const qualified = `${nameOf(node['object'])}.${member}`;
    if (Object.hasOwn(bannedMembers, qualified)) return qualified;
    return Object.hasOwn(bannedMembers, member) ? member : undefined;
  }
  if (node.type !== 'Identifier' || !Object.hasOwn(bannedGlobals, nameOf(node))) return undefined;
  return isNameOfSomethingElse(node, parent) ? undefined : nameOf(node);
}

/** A property's key, a member's name or the name that a declaration gives is not the global of that name. */
function isNameOfSomethingElse(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined) return false;
  if (parent['computed'] === true) return false;
  if (parent['shorthand'] === true) return false;
  return parent['key'] === node || parent['property'] === node;
}

function nameOf(node: unknown): string {
  return typeof node === 'object' && node !== null && 'name' in node && typeof node.name === 'string' ? node.name : '';
}
