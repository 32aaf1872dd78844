/** RESP 2, redis' protocol: commands as arrays of strings or as lines, replies by their first byte. */
import type { Reply } from './redis-commands.ts';

/** What a client has sent first: a command and how many bytes it takes, or what makes it no command at all. */
type Sent = { readonly words: readonly string[]; readonly bytes: number } | { readonly wrong: string };

const mostWords = 2 ** 31 - 1;
const longestWord = 512 * 1024 * 1024;

/** What stands at the beginning of `text`; null while it is not whole. redis: src/networking.c. */
export function readRequest(text: string): Sent | null {
  const end = text.indexOf('\n');
  if (end === -1) return null;
  const first = text.slice(0, end).replace(/\r$/, '');
  if (!first.startsWith('*')) return { words: first.split(/\s+/).filter((word) => word !== ''), bytes: end + 1 };
  if (!/^-?\d+$/.test(first.slice(1)) || Number(first.slice(1)) > mostWords)
    return { wrong: 'invalid multibulk length' };
  const words: string[] = [];
  let at = end + 1;
  for (let left = Number(first.slice(1)); left > 0; left -= 1) {
    const headEnd = text.indexOf('\r\n', at);
    if (headEnd === -1) return null;
    const mark = text.charAt(at);
    const digits = text.slice(at + 1, headEnd);
    if (mark !== '$') return { wrong: `expected '$', got '${mark.replace('\r', ' ')}'` };
    if (!/^\d+$/.test(digits) || Number(digits) > longestWord) return { wrong: 'invalid bulk length' };
    const from = headEnd + 2;
    const to = from + Number(digits);
    if (text.length < to + 2) return null;
    words.push(text.slice(from, to));
    at = to + 2;
  }
  return { words, bytes: at };
}

/** A command as a client sends it. */
export function requestText(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** A reply as the server sends it. */
export function replyText(reply: Reply): string {
  switch (reply.type) {
    case 'status':
      return `+${reply.text}\r\n`;
    case 'error':
      return `-${reply.text}\r\n`;
    case 'integer':
      return `:${reply.value}\r\n`;
    case 'bulk':
      return reply.text === null ? '$-1\r\n' : `$${reply.text.length}\r\n${reply.text}\r\n`;
    case 'array':
      return requestText(reply.items);
  }
}

/** The reply at the beginning of `text`, null while it is not whole. */
export function readReply(text: string): Reply | null {
  const end = text.indexOf('\r\n');
  if (end === -1) return null;
  const rest = text.slice(1, end);
  switch (text.charAt(0)) {
    case '+':
      return { type: 'status', text: rest };
    case '-':
      return { type: 'error', text: rest };
    case ':':
      return { type: 'integer', value: Number(rest) };
    case '*': {
      const sent = readRequest(text);
      if (sent === null) return null;
      return 'wrong' in sent ? { type: 'error', text: sent.wrong } : { type: 'array', items: sent.words };
    }
    default: {
      if (rest === '-1') return { type: 'bulk', text: null };
      const to = end + 2 + Number(rest);
      return text.length < to + 2 ? null : { type: 'bulk', text: text.slice(end + 2, to) };
    }
  }
}
