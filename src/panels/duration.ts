/** Virtual time as people read it: `40 µs`, `282 ms`, `1.25 s`, `2 min 3 s`. */
export function durationText(ns: number): string {
  const ms = ns / 1e6;
  if (ms < 0.1 && ms > 0) return `${Math.ceil(ns / 1000)} µs`;
  if (ms < 10 && ms > 0) return `${(Math.floor(ms * 10) / 10).toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
