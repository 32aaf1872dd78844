/** find(1): -name -iname -path -type -maxdepth -mindepth -empty; -print -print0 -printf -delete -quit; -follow ! -o. */
import type { FileType, Program, Running, Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, OutputError, print } from '../io.ts';
import { formatted, unknownDirectives, type FoundFile } from './find-format.ts';
import { quoted, type Flavour } from './options.ts';

type Place = Omit<FoundFile, 'stat'>;

type Test = (found: FoundFile) => boolean;

interface Search {
  readonly roots: readonly string[];
  /** Alternatives (-o) of tests that must all hold. */
  readonly alternatives: readonly (readonly Test[])[];
  readonly minDepth: number;
  readonly maxDepth: number;
  readonly action: 'print' | 'print0' | 'delete';
  /** -printf takes the place of -print. */
  readonly format: string | null;
  /** -quit: the first that fits is the last. */
  readonly stopsAtFirst: boolean;
  /** -follow: what a symbolic link names counts, not the link. */
  readonly followsLinks: boolean;
}

/** How a visit ended: whether all could be read, and whether the search is over. */
interface Visited {
  readonly complete: boolean;
  readonly isOver: boolean;
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
    for (const directive of unknownDirectives(search.format ?? ''))
      yield* complain('find', `warning: unrecognized format directive \`${directive}'`);
    let status = 0;
    for (const root of search.roots) {
      const visited = yield* visit(
        { path: root, name: root.split('/').filter(Boolean).at(-1) ?? root, root, depth: 0 },
        search,
        flavour,
      );
      if (!visited.complete) status = 1;
      if (visited.isOver) break;
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
  let format: string | null = null;
  let negate = false;
  let [stopsAtFirst, followsLinks] = [false, false];
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
    else if (word === '-printf' && flavour === 'gnu') {
      if (at + 1 >= words.length) return "missing argument to `-printf'";
      format = value();
    } else if (word === '-quit') stopsAtFirst = true;
    else if (word === '-follow') followsLinks = true;
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
  return {
    roots: roots.length === 0 ? ['.'] : roots,
    alternatives,
    minDepth,
    maxDepth,
    action,
    format,
    stopsAtFirst,
    followsLinks,
  };
}

/** fnmatch(3) without FNM_PATHNAME: `*` takes slashes too. */
export function globPattern(glob: string, ignoresCase: boolean): RegExp {
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

/** Looks at a path and then at what is below; what is to be deleted goes after what is below it. */
function* visit(place: Place, search: Search, flavour: Flavour): Running<Visited> {
  const { path, depth } = place;
  let stat: Stat;
  try {
    stat = yield* statOf(path, search.followsLinks);
  } catch (error) {
    return yield* cannot(path, error, flavour);
  }
  const found: FoundFile = { ...place, stat };
  const fits = depth >= search.minDepth && search.alternatives.some((tests) => tests.every((test) => test(found)));
  if (fits && search.format !== null) yield* print(yield* formatted(search.format, found));
  else if (fits && search.action !== 'delete') yield* print(`${path}${search.action === 'print0' ? '\0' : '\n'}`);
  if (fits && search.stopsAtFirst) return { complete: true, isOver: true };
  const goesDown = stat.type === 'directory' && depth < search.maxDepth;
  const below = goesDown ? yield* visitBelow(place, search, flavour) : { complete: true, isOver: false };
  if (!fits || search.action !== 'delete' || below.isOver) return below;
  try {
    yield* stat.type === 'directory' ? sys.rmdir(path) : sys.unlink(path);
    return below;
  } catch (error) {
    return yield* cannot(path, error, flavour);
  }
}

function* visitBelow({ path, root, depth }: Place, search: Search, flavour: Flavour): Running<Visited> {
  let complete = true;
  try {
    for (const { name } of yield* sys.readdir(path)) {
      const each = yield* visit(
        { path: `${path.replace(/\/$/, '')}/${name}`, name, root, depth: depth + 1 },
        search,
        flavour,
      );
      complete &&= each.complete;
      if (each.isOver) return { complete, isOver: true };
    }
    return { complete, isOver: false };
  } catch (error) {
    return yield* cannot(path, error, flavour);
  }
}

/** With -follow a link to nowhere counts as itself, as in GNU's and busybox's find. */
function* statOf(path: string, followsLinks: boolean): Running<Stat> {
  if (!followsLinks) return yield* sys.lstat(path);
  try {
    return yield* sys.stat(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return yield* sys.lstat(path);
  }
}

function* cannot(path: string, error: unknown, flavour: Flavour): Running<Visited> {
  if (!isErrno(error) || error instanceof OutputError) throw error;
  yield* complain('find', `${flavour === 'gnu' ? quoted(path) : path}: ${errnoWords(error)}`);
  return { complete: false, isOver: false };
}
