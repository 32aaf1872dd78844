/** Sizes as coreutils read them. gnulib: lib/xstrtol.c. */

/**
 * `K`, `M`, `GiB` and their like are powers of 1024, `KB` and `MB` of 1000, `b` is 512; undefined of what is none of
 * the letters that a tool takes.
 */
export function scaleOf(suffix: string, letters: string): number | undefined {
  if (suffix === '') return 1;
  const [, letter = '', rest] = /^(.)(B|iB)?$/.exec(suffix) ?? [];
  if (letter === '' || !letters.includes(letter)) return undefined;
  if (letter === 'b') return rest === undefined ? 512 : undefined;
  return (rest === 'B' ? 1000 : 1024) ** ('KMGTPEZY'.indexOf(letter.toUpperCase()) + 1);
}
