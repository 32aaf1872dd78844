/** Which of two versions of the Engine API is later, and which ones the daemon speaks. moby: api/types/versions. */

/** What this engine's daemon speaks. */
export const apiVersions = { least: '1.24', most: '1.45' };

/** Whether `version` comes after `other`: part by part, and a part that is no number counts as 0. moby: compare(). */
export function isLaterVersion(version: string, other: string): boolean {
  const [parts, others] = [version.split('.').map(numberOf), other.split('.').map(numberOf)];
  for (let at = 0; at < Math.max(parts.length, others.length); at += 1) {
    const difference = (parts[at] ?? 0) - (others[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

const numberOf = (part: string): number => (/^[+-]?\d+$/.test(part) ? Number(part) : 0);
