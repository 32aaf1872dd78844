/** The archive format of tar(1): POSIX.1-1988 "ustar", with GNU's records for names that do not fit. */
import type { FileType } from '../../kernel/abi.ts';

/** One member, without its content. */
export interface TarMember {
  /** A directory's ends in a slash. */
  readonly name: string;
  readonly type: Exclude<FileType, 'socket'> | 'hard link';
  /** Permissions, with the type's bits or without. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content that follow; 0 for all but files. */
  readonly size: number;
  readonly modifiedSeconds: number;
  /** Where a symbolic or a hard link leads. */
  readonly target: string;
}

export const blockSize = 512;

/** What stands at the end: two empty blocks. */
export const endOfArchive = '\0'.repeat(2 * blockSize);

const typeFlags: Readonly<Record<TarMember['type'], string>> = {
  file: '0',
  'hard link': '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

const typesByFlag: Readonly<Record<string, TarMember['type']>> = {
  ...Object.fromEntries(Object.entries(typeFlags).map(([type, flag]) => [flag, type as TarMember['type']])),
  '\0': 'file',
  '7': 'file',
};

/** The blocks that stand before a member's content. */
export function headerOf(member: TarMember): string {
  const { name, target } = member;
  const [prefix, rest] = splitName(name);
  return [
    prefix === undefined ? longRecord('L', name) : '',
    target.length > 100 ? longRecord('K', target) : '',
    header(member, typeFlags[member.type], prefix ?? '', rest.slice(0, 100), target.slice(0, 100)),
  ].join('');
}

/** Zeros that fill content of this length to whole blocks. */
export function paddingAfter(size: number): string {
  return '\0'.repeat((blockSize - (size % blockSize)) % blockSize);
}

/** A long name as `prefix/name`; no prefix at all where the format has no place for it. */
function splitName(name: string): readonly [string | undefined, string] {
  if (name.length <= 100) return ['', name];
  const slash = name.slice(0, 156).lastIndexOf('/', name.length - 2);
  if (slash > 0 && name.length - slash - 1 <= 100) return [name.slice(0, slash), name.slice(slash + 1)];
  return [undefined, name];
}

/** GNU: a member of its own whose content is the next member's name ('L') or target ('K'). */
function longRecord(flag: 'L' | 'K', text: string): string {
  const content = `${text}\0`;
  const record = { mode: 0o644, uid: 0, gid: 0, size: content.length, modifiedSeconds: 0 };
  return header(record, flag, '', '././@LongLink', '') + content + paddingAfter(content.length);
}

function header(
  { mode, uid, gid, size, modifiedSeconds }: Omit<TarMember, 'name' | 'type' | 'target'>,
  flag: string,
  prefix: string,
  name: string,
  target: string,
): string {
  const owner = (id: number): string => text(id === 0 ? 'root' : '', 32);
  const fields = (checksum: string): string =>
    [
      text(name, 100),
      octal(mode, 8),
      octal(uid, 8),
      octal(gid, 8),
      octal(size, 12),
      octal(modifiedSeconds, 12),
      checksum,
      flag,
      text(target, 100),
      'ustar\x0000',
      owner(uid),
      owner(gid),
      octal(0, 8),
      octal(0, 8),
      text(prefix, 155),
      '\0'.repeat(12),
    ].join('');
  const sum = sumOf(fields(' '.repeat(8)));
  return fields(`${sum.toString(8).padStart(6, '0')}\0 `);
}

function text(value: string, width: number): string {
  return value.padEnd(width, '\0');
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

function sumOf(bytes: string): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 1) sum += bytes.charCodeAt(at);
  return sum;
}

/** What a header block says; null for an empty block or one whose checksum is wrong. */
export function parseHeader(block: string): (TarMember & { readonly flag: string }) | null {
  const number = (from: number, width: number): number => Number.parseInt(field(block, from, width).trim() || '0', 8);
  const sum = sumOf(`${block.slice(0, 148)}${' '.repeat(8)}${block.slice(156)}`);
  if (block.length < blockSize || number(148, 8) !== sum || sum === 256) return null;
  const flag = block.charAt(156);
  const prefix = block.startsWith('ustar', 257) ? field(block, 345, 155) : '';
  const name = field(block, 0, 100);
  return {
    flag,
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: typesByFlag[flag] ?? 'file',
    mode: number(100, 8),
    uid: number(108, 8),
    gid: number(116, 8),
    size: number(124, 12),
    modifiedSeconds: number(136, 12),
    target: field(block, 157, 100),
  };
}

function field(block: string, from: number, width: number): string {
  return block.slice(from, from + width).split('\0')[0] ?? '';
}
