import type { DetailLevel } from '../journal/event.ts';
import type { TimedInput } from '../worker/protocol.ts';
import type { Start } from './session.ts';

/** All that a link says: what to run, and which moment of it to show. */
export interface Place extends Start {
  readonly model: string;
  readonly level: DetailLevel;
  /** The semantic anchor of the moment, a beat's id; empty: the end. */
  readonly anchor: string;
  /** The shell in front. */
  readonly terminal: number;
}

/** Grows with another way of writing; the decoders of older ways are kept. */
const version = '1';
/** Beyond this a link breaks in mails and chats; it is saved to a file then. */
export const longestAddress = 8000;

const actions = ['open', 'data', 'resize', 'hangup'] as const;

/**
 * The part of an address after `#`: `1.` and deflated JSON in base64url. Inputs are written as
 * `[terminal, ns since the one before, action, data]`.
 */
export async function encodePlace(place: Place): Promise<string> {
  const json = JSON.stringify(compact(place));
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `${version}.${btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Undefined for anything that is no address of ours, or a damaged one. */
export async function decodePlace(fragment: string): Promise<Place | undefined> {
  const [head, body = ''] = fragment.replace(/^#/, '').split('.', 2);
  if (head !== version) return undefined;
  try {
    const text = atob(body.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return expand(JSON.parse(await new Response(stream).text()));
  } catch {
    return undefined;
  }
}

/** The same as a file, readable by people. */
export function placeToFile(place: Place): string {
  return `${JSON.stringify({ glassdock: Number(version), ...place }, null, 2)}\n`;
}

export function placeFromFile(text: string): Place | undefined {
  try {
    const read: unknown = JSON.parse(text);
    if (!isRecord(read) || read['glassdock'] !== Number(version) || !Array.isArray(read['inputs'])) return undefined;
    const { model, seed, level, anchor, terminal } = read;
    const inputs = read['inputs'].map((input: unknown) =>
      isRecord(input)
        ? [input['terminal'], input['atNs'], actions.indexOf(input['action'] as never), input['data']]
        : [],
    );
    return checked({ model, seed, level, anchor, terminal }, inputs);
  } catch {
    return undefined;
  }
}

function compact({ model, seed, inputs, level, anchor, terminal: front }: Place): unknown {
  let before = 0;
  const written = inputs.map(({ terminal, atNs, action, data }) => {
    const sinceNs = atNs - before;
    before = atNs;
    return [terminal, sinceNs, actions.indexOf(action), data];
  });
  return { m: model, s: seed, i: written, l: level, a: anchor, t: front };
}

function expand(read: unknown): Place | undefined {
  if (!isRecord(read) || !Array.isArray(read['i'])) return undefined;
  let before = 0;
  const inputs = read['i'].map((input: unknown) => {
    if (!Array.isArray(input)) return [];
    const [terminal, sinceNs, action, data] = input as unknown[];
    before += Number(sinceNs);
    return [terminal, before, action, data];
  });
  const { m: model, s: seed, l: level, a: anchor, t: terminal } = read;
  return checked({ model, seed, level, anchor, terminal }, inputs);
}

function checked(read: Record<string, unknown>, inputs: readonly unknown[][]): Place | undefined {
  // Older links do not say which shell is in front.
  const { model, seed, level, anchor, terminal: front = 1 } = read;
  if (typeof model !== 'string' || typeof anchor !== 'string' || !isCount(seed) || !isCount(front)) return undefined;
  if (level !== 'story' && level !== 'engine' && level !== 'kernel') return undefined;
  const timed: TimedInput[] = [];
  for (const [terminal, atNs, action, data] of inputs) {
    const known = actions[Number(action)];
    if (!isCount(terminal) || !isCount(atNs) || known === undefined || typeof data !== 'string') return undefined;
    timed.push({ terminal, atNs, action: known, data });
  }
  // A session begins with a terminal; without one nothing could be typed.
  if (!timed.some((input) => input.action === 'open')) return undefined;
  return { model, seed, inputs: timed, level, anchor, terminal: front };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
