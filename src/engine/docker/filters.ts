/** `--filter name=web` as the API takes it. docker: opts.FilterOpt; moby: api/types/filters. */
import { listFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';

/** JSON for the query's `filters`; undefined when there is none. */
export function filtersOf(flags: ParsedFlags): string | undefined {
  const given = listFlag(flags, 'filter');
  if (given.length === 0) return undefined;
  const filters: Record<string, Record<string, boolean>> = {};
  for (const filter of given) {
    const [name = '', value = ''] = filter.split(/=(.*)/s);
    (filters[name.trim().toLowerCase()] ??= {})[value.trim()] = true;
  }
  return JSON.stringify(filters);
}
