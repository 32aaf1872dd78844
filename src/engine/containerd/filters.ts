/**
 * The language in which clients of containerd say what they want listed: `labels."a.b"==c,id~=^w`. containerd:
 * filters/parser.go, whose words are here as a real 1.7.24 said them.
 */
import type { Running } from '../../kernel/abi.ts';
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import { goQuote } from '../go-text.ts';
import { goRegExp } from '../go-regexp.ts';
import type { Log } from '../log.ts';
import { Scanner } from './filter-scanner.ts';
import type { Token } from './filter-scanner.ts';
import { unquote } from './filter-quote.ts';

/** What an object has at a path, `['labels', 'a.b']`; undefined: nothing. */
export type Fields = (path: readonly string[]) => string | undefined;

type Operator = 'present' | '==' | '!=' | '~=';
interface Selector {
  readonly path: readonly string[];
  readonly operator: Operator;
  readonly value: string;
}
/** Alternatives, in each of which every selector must hold. None: everything is wanted. */
export type Filters = readonly (readonly Selector[])[];

/** A filter that cannot be read. Its message ends with the class of the error. */
export class FilterError extends Error {}

/** Throws a FilterError. */
export function parseFilters(texts: readonly string[]): Filters {
  // An empty text is a filter that all passes.
  return texts.map(fromUtf8).map((text) => (text === '' ? [] : readSelectors(text, new Scanner(text))));
}

/** Whether an object is wanted. A pattern that is no regular expression matches nothing, and the log tells so. */
export function* isWanted(filters: Filters, fields: Fields, log: Log): Running<boolean> {
  for (const selectors of filters) if (yield* allHold(selectors, fields, log)) return true;
  return filters.length === 0;
}

function* allHold(selectors: readonly Selector[], fields: Fields, log: Log): Running<boolean> {
  for (const selector of selectors) if (!(yield* holds(selector, fields, log))) return false;
  return true;
}

function* holds({ path, operator, value }: Selector, fields: Fields, log: Log): Running<boolean> {
  const found = fields(path);
  switch (operator) {
    case 'present':
      return found !== undefined;
    case '==':
      return found === value;
    case '!=':
      return (found ?? '') !== value;
    case '~=': {
      const pattern = goRegExp(fromUtf8(value));
      if (pattern === null) yield* log('error', `error compiling regexp ${goQuote(value)}`);
      return pattern?.test(fromUtf8(found ?? '')) ?? false;
    }
  }
}

function readSelectors(text: string, scanner: Scanner): readonly Selector[] {
  const selectors = [readSelector(text, scanner)];
  for (let char = scanner.peek(); char !== ''; char = scanner.peek()) {
    if (char !== ',') throw errorAt(text, scanner.at, `unexpected input: ${char}`);
    scanner.scan();
    selectors.push(readSelector(text, scanner));
  }
  return selectors;
}

function readSelector(text: string, scanner: Scanner): Selector {
  const path = [readField(text, scanner)];
  while (scanner.peek() === '.') {
    scanner.scan();
    path.push(readField(text, scanner));
  }
  if (scanner.peek() === ',' || scanner.peek() === '') return { path, operator: 'present', value: '' };
  const operator = readOperator(text, scanner);
  return { path, operator, value: readValue(text, scanner, operator) };
}

function readField(text: string, scanner: Scanner): string {
  const token = scanner.scan();
  if (token.type === 'field') return token.text;
  return readQuoted(text, scanner, token, '"', 'expected field or quoted');
}

function readOperator(text: string, scanner: Scanner): Operator {
  const token = scanner.scan();
  if (token.type === 'illegal') throw errorAt(text, token.at, scanner.complaint);
  if (token.type !== 'operator') throw errorAt(text, token.at, 'expected an operator ("=="|"!="|"~=")');
  if (token.text !== '==' && token.text !== '!=' && token.text !== '~=')
    throw errorAt(text, token.at, `unsupported operator "${token.text}"`);
  return token.text;
}

function readValue(text: string, scanner: Scanner, operator: Operator): string {
  const token = scanner.scan();
  if (token.type === 'value' || token.type === 'field') return utf8(token.text);
  // Slashes and bars are for regular expressions.
  return readQuoted(text, scanner, token, operator === '~=' ? '"/|' : '"', 'expected value or quoted');
}

/** @param otherwise what is said when the token is not quoted at all */
function readQuoted(text: string, scanner: Scanner, token: Token, quotes: string, otherwise: string): string {
  if (token.type === 'illegal') throw errorAt(text, token.at, scanner.complaint);
  if (token.type !== 'quoted') throw errorAt(text, token.at, otherwise);
  if (!quotes.includes(token.text.charAt(0))) throw errorAt(text, token.at, 'invalid quote encountered');
  const value = unquote(token.text);
  if (value === undefined) throw errorAt(text, token.at, 'unquoting failed: quote syntax error');
  return value;
}

/** Go cuts the text between bytes: of a character of several, each is told as one that is none. */
function errorAt(text: string, at: number, words: string): FilterError {
  const [char = ''] = text.slice(at);
  const [marked = '', ...rest] = utf8(char).length > 1 ? Array.from(utf8(char), () => '\uFFFD') : [char];
  const after = `${rest.join('')}${text.slice(at + char.length)}`;
  const place = char === '' ? text : `${text.slice(0, at)} >|${marked}|< ${after}`;
  return new FilterError(utf8(`filters: parse error: [${place}]: ${words}: invalid argument`));
}
