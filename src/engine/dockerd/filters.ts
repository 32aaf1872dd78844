/** The `filters` of a list request. moby: api/types/filters. */
import { fromUtf8 } from '../../kernel/bytes.ts';
import { unmarshalJson } from '../go-json.ts';
import { goRegExp } from '../go-regexp.ts';
import { goQuote } from '../go-text.ts';
import { badRequest } from './api-error.ts';

export type Filters = ReadonlyMap<string, readonly string[]>;

/**
 * Reads `filters={"name":{"web":true}}`, or the older form with lists.
 *
 * @param known the filters that the request may have; any without it. Throws 400 `invalid filter 'nosuch'` for
 *   another.
 */
export function parseFilters(text: string, known?: readonly string[]): Filters {
  if (text === '') return new Map();
  const read = unmarshalJson(text);
  if ('complaint' in read) throw badRequest('invalid filter');
  const filters = new Map(Object.entries(objectOf(read.value)).map(([name, values]) => [name, valuesOf(values)]));
  const unknown = known === undefined ? undefined : [...filters.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw badRequest(`invalid filter '${unknown}'`);
  return filters;
}

/** Nothing at all is no filter, and a filter without values. */
function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw badRequest('invalid filter');
  return value as Readonly<Record<string, unknown>>;
}

function valuesOf(values: unknown): readonly string[] {
  if (!Array.isArray(values)) {
    const switches = objectOf(values);
    if (Object.values(switches).every((on) => on === null || typeof on === 'boolean')) return Object.keys(switches);
  } else if (values.every((value) => typeof value === 'string')) return values;
  throw badRequest('invalid filter');
}

/** A parameter that is a switch: whatever does not say no. moby: httputils.BoolValue(). */
export function isTrue(value = ''): boolean {
  return !['', '0', 'no', 'false', 'none'].includes(value.trim().toLowerCase());
}

/** A filter that is true or false; undefined when it is not given. moby: GetBoolOrDefault(). */
export function booleanFilter(filters: Filters, name: string): boolean | undefined {
  const values = filters.get(name);
  if (values === undefined) return undefined;
  const isYes = values.includes('1') || values.includes('true');
  const isNo = values.includes('0') || values.includes('false');
  if (isYes === isNo) throw badRequest(`invalid filter '${name}=[${values.join(' ')}]'`);
  return isYes;
}

/** Numbers that a filter names. moby: daemon/list.go, foldFilter(). */
export function numberFilter(filters: Filters, name: string): readonly number[] | undefined {
  return filters.get(name)?.map((value) => {
    if (/^[+-]?\d+$/.test(value)) return Number(value);
    throw badRequest(`invalid filter '${name}=${value}': strconv.Atoi: parsing ${goQuote(value)}: invalid syntax`);
  });
}

/** Whether one of a filter's values, taken as a regular expression, is found in a text. moby: Match(). */
export function matchesPattern(filters: Filters, name: string, text: string): boolean {
  const values = filters.get(name);
  return (
    values === undefined ||
    values.some((value) => value === text || goRegExp(fromUtf8(value))?.test(fromUtf8(text)) === true)
  );
}

/** Whether every wanted label is there: `name`, or `name=value`. moby: MatchKVList(). */
export function matchesLabels(filters: Filters, labels: Readonly<Record<string, string>>): boolean {
  return (filters.get('label') ?? []).every((wanted) => {
    const [name = '', value] = wanted.split(/=(.*)/s);
    const found = labels[name];
    return found !== undefined && (value === undefined || found === value);
  });
}
