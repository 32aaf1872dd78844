/** In which order `for (key in array)` goes. */
import type { Flavour } from '../tools/options.ts';
import type { AwkArray } from './values.ts';

/** The buckets that each begins with; they get more of them when ten or twelve keys are in each. */
const bucketCounts = { gnu: 64, busybox: 61 };

/** The keys as they are now, bucket by bucket, the latest first. */
export function orderOfKeys(array: AwkArray, flavour: Flavour): readonly string[] {
  const keys = [...array.keys()].toReversed();
  const buckets = new Map(keys.map((key) => [key, hashes[flavour](key) % bucketCounts[flavour]]));
  return keys.sort((one, other) => (buckets.get(one) ?? 0) - (buckets.get(other) ?? 0));
}

const hashes: Readonly<Record<Flavour, (key: string) => number>> = {
  /** mawk: hash.c, FNV-1a. */
  gnu(key) {
    let hash = 2_166_136_261;
    for (const char of key) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619);
    return hash >>> 0;
  },
  /** busybox: awk.c, hashidx(). */
  busybox(key) {
    let hash = 0;
    for (const char of key) hash = (char.charCodeAt(0) + (hash << 6) + (hash >>> 26)) >>> 0;
    return hash;
  },
};
