/** Reads an archive as it comes. */
import type { Running } from '../../kernel/abi.ts';
import { blockSize, parseHeader } from './format.ts';
import type { TarMember } from './format.ts';

/** The stream is no archive, or ends within one. */
export class BrokenArchive extends Error {}

/**
 * Gives each member with its content to `take`, in order, and reads on to the end of the stream. Throws BrokenArchive.
 *
 * @param source the next bytes; '' at the end.
 */
export function* readArchive(
  source: () => Running<string>,
  take: (member: TarMember, content: string) => Running<void>,
): Running<void> {
  const exactly = reader(source);
  let [longName, longTarget] = ['', ''];
  for (;;) {
    const block = yield* exactly(blockSize, true);
    if (block === '') return;
    if (/^\0*$/.test(block)) break;
    const header = parseHeader(block);
    if (header === null) throw new BrokenArchive('archive/tar: invalid tar header');
    const { flag, ...member } = header;
    const padded = Math.ceil(member.size / blockSize) * blockSize;
    const content = (yield* exactly(padded, false)).slice(0, member.size);
    if (flag === 'L') longName = content.replace(/\0+$/, '');
    else if (flag === 'K') longTarget = content.replace(/\0+$/, '');
    else if (flag !== 'x' && flag !== 'g') {
      yield* take({ ...member, name: longName || member.name, target: longTarget || member.target }, content);
      [longName, longTarget] = ['', ''];
    }
  }
  while ((yield* source()) !== '');
}

/** Reads so many bytes; fewer than that are the end, which is allowed between members only. */
function reader(source: () => Running<string>): (count: number, mayEnd: boolean) => Running<string> {
  let parts: string[] = [];
  let held = 0;
  return function* exactly(count, mayEnd) {
    while (held < count) {
      const part = yield* source();
      if (part === '') {
        if (mayEnd && held === 0) return '';
        throw new BrokenArchive('unexpected EOF');
      }
      parts.push(part);
      held += part.length;
    }
    const all = parts.join('');
    parts = [all.slice(count)];
    held = all.length - count;
    return all.slice(0, count);
  };
}
