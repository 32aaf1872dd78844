/** `--filter name=web` as the API takes it. docker: opts.FilterOpt; moby: api/types/filters. */
import { listFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';

/** JSON for the query's `filters`; undefined when there is none. */
export function filtersOf(flags: ParsedFlags): string | undefined {
  // One that is empty is none. docker: FilterOpt.Set().
  const given = listFlag(flags, 'filter').filter((filter) => filter !== '');
  if (given.length === 0) return undefined;
  const filters: Record<string, Record<string, boolean>> = {};
  for (const filter of given) {
    const [name = '', value = ''] = filter.split(/=(.*)/s);
    (filters[name.trim().toLowerCase()] ??= {})[value.trim()] = true;
  }
  // Go writes the keys of a map in their order.
  const sorted = <Value>(map: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(map).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return JSON.stringify(sorted(Object.fromEntries(Object.entries(filters).map(([name, of]) => [name, sorted(of)]))));
}
