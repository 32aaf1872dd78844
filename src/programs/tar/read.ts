/** Reads an archive as it comes. */
import type { Running } from '../../kernel/abi.ts';
import { blockSize, parseHeader } from './format.ts';
import type { TarMember } from './format.ts';

/** The stream is no archive, or ends within one. */
export class BrokenArchive extends Error {}

/** Who reads: Go’s archive/tar, GNU tar, busybox’s tar. They do not agree where a stream may end (asked of all). */
export type ArchiveReader = 'go' | 'gnu' | 'busybox';

/**
 * Gives each member with its content to `take`, in order, and reads on to the end of the stream. Of content that is
 * cut, what there is of it is given too. Throws BrokenArchive.
 *
 * @param source the next bytes; '' at the end.
 * @returns the number of the empty block at the end, if there is but one, where two should be.
 */
export function* readArchive(
  source: () => Running<string>,
  who: ArchiveReader,
  take: (member: TarMember, content: string) => Running<void>,
): Running<number | null> {
  const upTo = reader(source);
  let [longName, longTarget] = ['', ''];
  let blocks = 0;
  for (;;) {
    const block = yield* upTo(blockSize);
    if (block.length < blockSize && mayEndHere(block, blocks === 0, who)) return null;
    blocks += 1;
    if (isEmpty(block)) break;
    const header = parseHeader(block);
    if (header === null) throw new BrokenArchive('archive/tar: invalid tar header');
    const { flag, ...member } = header;
    const padded = Math.ceil(member.size / blockSize) * blockSize;
    const read = yield* upTo(padded);
    blocks += padded / blockSize;
    const content = read.slice(0, who === 'gnu' ? wholeBlocks(read, member.size) : member.size);
    if (flag === 'L') longName = content.replace(/\0+$/, '');
    else if (flag === 'K') longTarget = content.replace(/\0+$/, '');
    else if (flag !== 'x' && flag !== 'g') {
      yield* take({ ...member, name: longName || member.name, target: longTarget || member.target }, content);
      [longName, longTarget] = ['', ''];
    }
    // Only GNU tar misses the zeros that fill the last block.
    if (read.length < (who === 'gnu' ? padded : member.size)) throw new BrokenArchive('unexpected EOF');
  }
  const second = yield* upTo(blockSize);
  if (second !== '' && second.length < blockSize && who !== 'gnu') throw new BrokenArchive('unexpected EOF');
  const isLone = second.length < blockSize || !isEmpty(second);
  if (isLone && second !== '' && who !== 'gnu') throw new BrokenArchive('archive/tar: invalid tar header');
  while ((yield* source()) !== '');
  return isLone ? blocks : null;
}

/** The same of an archive that is there as a whole, as Go's programs read it. */
export function* readWhole(text: string, take: Parameters<typeof readArchive>[2]): Running<void> {
  let rest = text;
  // oxlint-disable-next-line require-yield -- it has everything already.
  function* source(): Running<string> {
    const all = rest;
    rest = '';
    return all;
  }
  yield* readArchive(source, 'go', take);
}

/** Whether the stream may end amid this block, or before it. Throws BrokenArchive. */
function mayEndHere(block: string, isFirst: boolean, who: ArchiveReader): boolean {
  if (isFirst && who === 'gnu') throw new BrokenArchive('archive/tar: invalid tar header');
  if (who === 'gnu' || (block === '' && !(isFirst && who === 'busybox'))) return true;
  throw new BrokenArchive('unexpected EOF');
}

const isEmpty = (block: string): boolean => /^\0*$/.test(block);

/** So many bytes of the content as have come in whole blocks. */
function wholeBlocks(read: string, size: number): number {
  return Math.min(size, Math.floor(read.length / blockSize) * blockSize);
}

/** Reads so many bytes; fewer than that are the end. */
function reader(source: () => Running<string>): (count: number) => Running<string> {
  let parts: string[] = [];
  let held = 0;
  return function* upTo(count) {
    while (held < count) {
      const part = yield* source();
      if (part === '') break;
      parts.push(part);
      held += part.length;
    }
    const all = parts.join('');
    parts = [all.slice(count)];
    held = Math.max(0, all.length - count);
    return all.slice(0, count);
  };
}
