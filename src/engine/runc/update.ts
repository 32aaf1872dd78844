/** `runc update`: new limits for a container that is there already. */
import { goQuote } from '../go-text.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import { readAll, readFile } from '../../programs/io.ts';
import { parseBytes } from '../docker/size.ts';
import { parseJson } from './bundle.ts';
import { applyLimits } from './cgroup.ts';
import { RuncError } from './error.ts';
import { asResources, keep } from './kept-resources.ts';
import type { RuncOptions } from './options.ts';
import type { Resources } from './spec.ts';
import { cgroupOf, loadState, saveState, statusOf } from './state.ts';

/** Writes what the options, or the JSON of `--resources`, name; what they do not name stays. */
export function* update(options: RuncOptions, id: string): Running {
  const state = yield* loadState(options.root, id);
  const file = options.flags['resources'];
  const resources = file === undefined ? resourcesOf(options) : yield* readResources(file);
  if ((yield* statusOf(options.root, state)) === 'stopped') throw new RuncError('container not running');
  const { cgroups } = state.config;
  const kept = keep(resources, cgroups);
  yield* applyLimits({ path: cgroupOf(state), unit: cgroups.unit }, asResources(kept));
  yield* saveState(options.root, { ...state, config: { ...state.config, cgroups: { ...cgroups, ...kept } } });
  return 0;
}

function* readResources(file: string): Running<Resources> {
  if (file === '-') return parseJson(yield* readAll(0)) as Resources;
  try {
    return parseJson(yield* readFile(file)) as Resources;
  } catch (error) {
    if (isErrno(error)) throw new RuncError(`open ${file}: ${strerror(error.errno).toLowerCase()}`);
    throw error;
  }
}

function resourcesOf({ flags }: RuncOptions): Resources {
  const number = (name: string): number | undefined => {
    const text = flags[name];
    if (text === undefined || text === '') return undefined;
    if (/^-?\d+$/.test(text)) return Number(text);
    throw new RuncError(`invalid value for ${name}: strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`);
  };
  const bytes = (name: string): number | undefined => {
    const text = flags[name];
    if (text === undefined || text === '' || text === '-1') return text === '-1' ? -1 : undefined;
    const size = parseBytes(text);
    if (size === undefined) throw new RuncError(`invalid value for ${name}: invalid size: '${text}'`);
    return size;
  };
  return {
    memory: given({
      limit: bytes('memory'),
      swap: bytes('memory-swap'),
      reservation: bytes('memory-reservation'),
    }),
    cpu: given({
      shares: number('cpu-share'),
      quota: number('cpu-quota'),
      period: number('cpu-period'),
      cpus: flags['cpuset-cpus'],
    }),
    pids: given({ limit: number('pids-limit') }),
    blockIO: given({ weight: number('blkio-weight') || undefined }),
  };
}

type Given<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Without the fields that nothing was said of. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
