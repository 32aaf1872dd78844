/** find(1): tests -name -iname -path -type -maxdepth -mindepth -empty; actions -print -print0 -delete; ! and -o. */
import type { FileType, Program, Running, Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { quoted, type Flavour } from './options.ts';

interface Found {
  readonly path: string;
  readonly name: string;
  readonly stat: Stat;
}

type Test = (found: Found) => boolean;

interface Search {
  readonly roots: readonly string[];
  /** Alternatives (-o) of tests that must all hold. */
  readonly alternatives: readonly (readonly Test[])[];
  readonly minDepth: number;
  readonly maxDepth: number;
  readonly action: 'print' | 'print0' | 'delete';
}

const letters: Readonly<Record<string, FileType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  c: 'character',
  b: 'block',
};

export const find = (flavour: Flavour): Program =>
  function* findMain(argv): Running {
    const search = parse(argv.slice(1), flavour);
    if (typeof search === 'string') {
      yield* complain('find', search);
      return 1;
    }
    let status = 0;
    for (const root of search.roots) {
      if (!(yield* visit(root, root.split('/').filter(Boolean).at(-1) ?? root, 0, search, flavour))) status = 1;
    }
    return status;
  };

/** The request, or the complaint. */
function parse(words: readonly string[], flavour: Flavour): Search | string {
  const start = words.findIndex((word) => word.startsWith('-') || word === '!' || word === '(');
  const roots = start === -1 ? words : words.slice(0, start);
  const alternatives: Test[][] = [[]];
  let [minDepth, maxDepth] = [0, Number.POSITIVE_INFINITY];
  let action: Search['action'] = 'print';
  let negate = false;
  const add = (test: Test): void => {
    const negated = negate;
    negate = false;
    alternatives.at(-1)?.push((found) => test(found) !== negated);
  };
  for (let at = start === -1 ? words.length : start; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const value = (): string => words[(at += 1)] ?? '';
    if (word === '!' || word === '-not') negate = !negate;
    else if (word === '-o' || word === '-or') alternatives.push([]);
    else if (word === '-print' || word === '-print0' || word === '-delete') action = word.slice(1) as Search['action'];
    else if (word === '-maxdepth') maxDepth = Number(value());
    else if (word === '-mindepth') minDepth = Number(value());
    else if (word === '-a' || word === '-and' || word === '-xdev' || word === '-mount' || word === '-depth') continue;
    else if (word === '-name' || word === '-iname') {
      const pattern = globPattern(value(), word === '-iname');
      add(({ name }) => pattern.test(name));
    } else if (word === '-path' || word === '-wholename') {
      const pattern = globPattern(value(), false);
      add(({ path }) => pattern.test(path));
    } else if (word === '-type') {
      const types = value()
        .split(',')
        .map((letter) => letters[letter]);
      add(({ stat }) => types.includes(stat.type));
    } else if (word === '-empty') add(({ stat }) => stat.type === 'file' && stat.size === 0);
    else if (
      ['-exec', '-execdir', '-ok', '-newer', '-mtime', '-size', '-perm', '-user', '-regex', '(', ')'].includes(word)
    )
      return `glassdock: find ${word} is not modelled yet`;
    else return flavour === 'gnu' ? `unknown predicate \`${word}'` : `unrecognized: ${word}`;
  }
  return { roots: roots.length === 0 ? ['.'] : roots, alternatives, minDepth, maxDepth, action };
}

/** fnmatch(3) without FNM_PATHNAME: `*` takes slashes too. */
function globPattern(glob: string, ignoresCase: boolean): RegExp {
  const body = glob.replaceAll(
    /\[(!?)([^\]]+)\]|[\s\S]/g,
    (whole, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replaceAll('\\', '\\\\')}]`;
      if (whole === '*') return '[\\s\\S]*';
      return whole === '?' ? '[\\s\\S]' : whole.replaceAll(/[.+^${}()|[\]\\/-]/g, '\\$&');
    },
  );
  return new RegExp(`^${body}$`, ignoresCase ? 'i' : '');
}

/**
 * Looks at a path and, unless it is to be deleted, first at itself and then at what is below. False when something
 * could not be read.
 */
function* visit(path: string, name: string, depth: number, search: Search, flavour: Flavour): Running<boolean> {
  let stat: Stat;
  try {
    stat = yield* sys.lstat(path);
  } catch (error) {
    return yield* cannot(path, error, flavour);
  }
  const found: Found = { path, name, stat };
  const fits = depth >= search.minDepth && search.alternatives.some((tests) => tests.every((test) => test(found)));
  if (fits && search.action !== 'delete') yield* print(`${path}${search.action === 'print0' ? '\0' : '\n'}`);
  let complete = true;
  if (stat.type === 'directory' && depth < search.maxDepth) {
    let below: readonly { readonly name: string }[] = [];
    try {
      below = yield* sys.readdir(path);
    } catch (error) {
      complete = yield* cannot(path, error, flavour);
    }
    for (const entry of below) {
      const each = yield* visit(`${path.replace(/\/$/, '')}/${entry.name}`, entry.name, depth + 1, search, flavour);
      complete &&= each;
    }
  }
  if (!fits || search.action !== 'delete') return complete;
  try {
    yield* stat.type === 'directory' ? sys.rmdir(path) : sys.unlink(path);
    return complete;
  } catch (error) {
    return yield* cannot(path, error, flavour);
  }
}

function* cannot(path: string, error: unknown, flavour: Flavour): Running<boolean> {
  if (!isErrno(error)) throw error;
  yield* complain('find', `${flavour === 'gnu' ? quoted(path) : path}: ${errnoWords(error)}`);
  return false;
}
