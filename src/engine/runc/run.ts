/** `runc create` and `runc run`: the second starts what the first makes, and in the foreground minds it to its end. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import { startMachine } from '../drive.ts';
import { absolutePath, openBundle } from './bundle.ts';
import { ociContainer } from './container.machine.ts';
import { checkNew, createContainer } from './create.ts';
import { removeContainer } from './delete.ts';
import { RuncError } from './error.ts';
import { mindProcess, prepareStreams } from './foreground.ts';
import type { RuncOptions } from './options.ts';
import { startProcess } from './start.ts';
import { loadState } from './state.ts';

/** Makes a container whose process waits for `runc start`. */
export function* create(options: RuncOptions, id: string): Running {
  return yield* inWords('create', () => bringUp(options, id, false));
}

/** Makes a container and starts it. Returns its process's exit code, 0 with `--detach`. */
export function* run(options: RuncOptions, id: string): Running {
  return yield* inWords('run', () => bringUp(options, id, true));
}

function* bringUp(given: RuncOptions, id: string, starts: boolean): Running {
  const options = yield* withAbsolutePaths(given);
  const bundle = yield* openBundle(options);
  yield* checkNew(options, id, bundle);
  const detach = !starts || options.flags['detach'] === 'true';
  const streams = yield* prepareStreams(options, bundle.spec.process, detach);
  let pid = 0;
  const container = yield* startMachine(ociContainer, {
    name: 'OCI container',
    object: id,
    activities: {
      *create() {
        pid = yield* createContainer(options, id, bundle, streams.stdio);
      },
      start: () => startProcess(options, id),
      *remove() {
        // Where creation failed nothing is left to be removed.
        if (pid !== 0) yield* removeContainer(options, yield* loadState(options.root, id));
      },
    },
  });
  yield* container.send({ type: 'create' });
  yield* streams.begin();
  if (!starts) return 0;
  yield* container.send({ type: 'start' });
  if (detach) return 0;
  const code = yield* mindProcess(pid);
  yield* container.send({ type: 'exited' });
  if (options.flags['keep'] !== 'true') yield* container.send({ type: 'delete' });
  yield* streams.finish();
  return code;
}

/** runc goes into the bundle: what was named from where it was called must be found from there. */
function* withAbsolutePaths(options: RuncOptions): Running<RuncOptions> {
  const { 'pid-file': pidFile, ...flags } = options.flags;
  return {
    ...options,
    root: yield* absolutePath(options.root),
    flags: pidFile === undefined ? flags : { ...flags, 'pid-file': yield* absolutePath(pidFile) },
  };
}

function* inWords(verb: string, body: () => Running): Running {
  try {
    return yield* body();
  } catch (error) {
    if (isErrno(error))
      throw new RuncError(`runc ${verb} failed: unable to start container process: ${error.message.toLowerCase()}`);
    throw error instanceof RuncError ? new RuncError(`runc ${verb} failed: ${error.message}`) : error;
  }
}
