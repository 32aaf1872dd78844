/** Where the time goes while something runs: V8's own sampling profiler, summed up by the folder of the source. */
import { Session, type Profiler } from 'node:inspector';

const sampleUs = 500;

/** Runs `work` and returns the share of each folder under `src` and of each package, the largest first. */
export function profile(work: () => void): readonly { readonly place: string; readonly share: number }[] {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: sampleUs });
  session.post('Profiler.start');
  work();
  let taken: Profiler.Profile | undefined;
  session.post('Profiler.stop', (_error, { profile: result }) => {
    taken = result;
  });
  session.disconnect();
  return taken === undefined ? [] : sharesOf(taken);
}

function sharesOf({ nodes, samples = [] }: Profiler.Profile) {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const place = places.get(sample) ?? '';
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts]
    .map(([place, count]) => ({ place, share: count / samples.length }))
    .toSorted((one, other) => other.share - one.share);
}

/** `kernel/vfs`, `engine/dockerd`, a package's name, or what V8 itself does: `(garbage collector)`. */
function placeOf({ url, functionName }: { readonly url: string; readonly functionName: string }): string {
  const own = /\/src\/(\w+)(?:\/(\w+)(?=\/))?/.exec(url);
  if (own !== null) return [own[1], own[2]].filter((part) => part !== undefined).join('/');
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? (functionName.startsWith('(') ? functionName : 'node');
}
