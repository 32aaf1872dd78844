import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bootWithTrees, cat, nap, put, sleeper, state } from './experiments.fixture.ts';
import recorded from './experiments.json';
import * as sys from './sys.ts';

const folder = new URL('.', import.meta.url);

test('each recorded experiment about the kernel (50-kernel-semantics) is a test of the kernel alone', () => {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.test.ts'),
  );
  const text = sources.map((path) => readFileSync(new URL(path, folder), 'utf8')).join('\n');
  const told = new Set([...text.matchAll(/\btest\('(k\d\d): /g)].map(([, id]) => id ?? ''));
  expect([...told].toSorted()).toEqual(Object.keys(recorded));
});

test('k20: what was seen of the frozen task on a cgroup v2 host is what is seen here', () => {
  const bench = bootWithTrees();
  const seen: Record<string, string> = {};
  const lab = '/sys/fs/cgroup/lab';
  bench.run(function* () {
    yield* sys.mkdir(lab);
    const frozen: number[] = [];
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const child = yield* sys.fork(sleeper);
      frozen.push(child);
      yield* put(`${lab}/cgroup.procs`, String(child));
      yield* put(`${lab}/cgroup.freeze`, '1');
      yield* nap();
      seen['ps state'] = state(bench, child);
      seen['wchan'] = yield* cat(`/proc/${child}/wchan`);
      seen['state file'] = (yield* cat(`${lab}/cgroup.freeze`)).trim();
      yield* sys.kill(child, signal);
      yield* nap();
      const pending = /ShdPnd:\t(\w+)/.exec(yield* cat(`/proc/${child}/status`))?.[1] ?? '';
      seen[`${signal} while frozen`] = signal === 'SIGTERM' ? `Z pending=${pending}` : state(bench, child);
      yield* put(`${lab}/cgroup.freeze`, '0');
    }
    const ended = yield* sys.wait4(frozen[0] ?? 0, { nohang: true });
    const killed = ended && 'signal' in ended.status ? ended.status.signal : '';
    seen['waitpid right after'] = `reaped: killed by ${killed}`;
    return 0;
  });
  expect({ hierarchy: 'v2 cgroup.freeze', ...seen }).toEqual(recorded.k20.observed);
});

test('k19: what was seen of pids.max is what is seen here', () => {
  const bench = bootWithTrees();
  const lab = '/sys/fs/cgroup/lab';
  const forks: string[] = [];
  const seen: Record<string, unknown> = {};
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/pids.max`, '3');
    yield* sys.wait4(
      yield* sys.fork(function* () {
        yield* put(`${lab}/cgroup.procs`, '0');
        for (let count = 0; count < 4; count++) {
          try {
            yield* sys.fork(sleeper);
            forks.push('ok');
          } catch (error) {
            forks.push(error instanceof Error && 'errno' in error ? String(error.errno) : '');
          }
        }
        yield* put(`${lab}/pids.max`, '1');
        seen['current after lowering max to 1'] = (yield* cat(`${lab}/pids.current`)).trim();
        seen['pids.events'] = (yield* cat(`${lab}/pids.events`)).trim();
        return 0;
      }),
    );
    return 0;
  });
  expect({ hierarchy: 'v2', 'max=3; forks from one member': forks, ...seen }).toEqual(recorded.k19.observed);
});

test('k21: what was seen of removing a cgroup is what is seen here', () => {
  const bench = bootWithTrees();
  const seen: Record<string, unknown> = {};
  const lab = '/sys/fs/cgroup/labrm';
  bench.run(function* () {
    yield* sys.mkdir(lab);
    const child = yield* sys.fork(sleeper);
    yield* put(`${lab}/cgroup.procs`, String(child));
    try {
      yield* sys.rmdir(lab);
    } catch (error) {
      seen['rmdir with live process'] = error instanceof Error && 'errno' in error ? error.errno : '';
    }
    yield* sys.kill(child, 'SIGKILL');
    yield* nap();
    seen['state'] = state(bench, child);
    seen['cgroup.procs with only a zombie'] = `'${yield* cat(`${lab}/cgroup.procs`)}'`;
    seen['cgroup of zombie'] = [(yield* cat(`/proc/${child}/cgroup`)).trim().replace('0::', '')];
    yield* sys.rmdir(lab);
    seen['rmdir with only a zombie'] = 'ok';
    return 0;
  });
  expect(seen).toEqual(recorded.k21.observed);
});
