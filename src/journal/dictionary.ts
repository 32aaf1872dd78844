import { emptyTable, lookUp, valuesOf, withEntry, withoutEntry, type Table } from './table.ts';

/** A persistent dictionary keyed by text: a table of the keys' hashes, and in each place the few that share a hash. */
export interface Dictionary<V> {
  readonly size: number;
  readonly places: Table<readonly Entry<V>[]>;
}
type Entry<V> = readonly [key: string, value: V];

const nothing: Dictionary<never> = { size: 0, places: emptyTable() };

export function emptyDictionary<V>(): Dictionary<V> {
  return nothing;
}

export function find<V>(dictionary: Dictionary<V>, key: string): V | undefined {
  return lookUp(dictionary.places, hashOf(key))?.find(([known]) => known === key)?.[1];
}

export function withWord<V>(dictionary: Dictionary<V>, key: string, value: V): Dictionary<V> {
  const hash = hashOf(key);
  const place = lookUp(dictionary.places, hash) ?? [];
  const others = place.filter(([known]) => known !== key);
  return {
    size: dictionary.size + (others.length === place.length ? 1 : 0),
    places: withEntry(dictionary.places, hash, [...others, [key, value] as const]),
  };
}

export function withoutWord<V>(dictionary: Dictionary<V>, key: string): Dictionary<V> {
  const hash = hashOf(key);
  const place = lookUp(dictionary.places, hash) ?? [];
  const others = place.filter(([known]) => known !== key);
  if (others.length === place.length) return dictionary;
  return {
    size: dictionary.size - 1,
    places: others.length === 0 ? withoutEntry(dictionary.places, hash) : withEntry(dictionary.places, hash, others),
  };
}

/** Every entry, by ascending key (code units). */
export function entriesOf<V>(dictionary: Dictionary<V>): readonly Entry<V>[] {
  return valuesOf(dictionary.places)
    .flat()
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** FNV-1a over the last 24 code units, folded to 15 bits: three levels of the table. Long keys differ at their ends. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = Math.max(0, key.length - 24); index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return ((hash >>> 17) ^ hash) & 0x7fff;
}
