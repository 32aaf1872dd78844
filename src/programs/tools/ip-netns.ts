/** ip netns: network namespaces by name, which are files in /run/netns. iproute2: ip/ipnetns.c. */
import { O, type Environment, type Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print, statIfAny } from '../io.ts';
import { lookPath } from '../spawn.ts';

const folder = '/run/netns';

/** `ip netns [list | add NAME | delete NAME | exec NAME COMMAND…]`. Docker gives none of its namespaces a name. */
export function* ipNetns(words: readonly string[], environment: Environment): Running {
  const [verb = 'list', name, ...command] = words;
  const is = (whole: string): boolean => whole.startsWith(verb);
  if (is('list') || verb === 'show' || verb === 'lst') return yield* list();
  if (is('add') || is('delete')) {
    if (name === undefined) return yield* refuse('No netns name specified');
    return is('add') ? yield* add(name) : yield* remove(name);
  }
  if (!is('exec')) return yield* refuse(`Command "${verb}" is unknown, try "ip netns help".`, 255);
  if (name === undefined) return yield* refuse('No netns name specified');
  if (command.length === 0) return yield* refuse('No command specified');
  try {
    const fd = yield* sys.open(`${folder}/${name}`, O.RDONLY);
    yield* sys.setns(fd, 'net');
    yield* sys.close(fd);
  } catch (error) {
    if (!isErrno(error)) throw error;
    return yield* refuse(`Cannot open network namespace "${name}": ${strerror(error.errno)}`, 255);
  }
  const [first = ''] = command;
  try {
    return yield* sys.execve(yield* lookPath(first, environment), command, environment);
  } catch (error) {
    if (!isErrno(error)) throw error;
    return yield* refuse(`exec of "${first}" failed: ${strerror(error.errno)}`);
  }
}

function* refuse(message: string, status = 1): Running {
  yield* print(`${message}\n`, 2);
  return status;
}

function* list(): Running {
  if ((yield* statIfAny(folder)) === null) return 0;
  for (const { name } of yield* sys.readdir(folder)) yield* print(`${name}\n`);
  return 0;
}

/** A namespace lives for as long as it has a process, or is mounted on a file. */
function* add(name: string): Running {
  const path = `${folder}/${name}`;
  try {
    if ((yield* statIfAny(folder)) === null) yield* sys.mkdir(folder, 0o755);
    yield* sys.close(yield* sys.open(path, O.RDONLY | O.CREAT | O.EXCL, 0));
  } catch (error) {
    if (!isErrno(error)) throw error;
    return yield* refuse(`Cannot create namespace file "${path}": ${strerror(error.errno)}`);
  }
  yield* sys.unshare('CLONE_NEWNET');
  yield* sys.mount('/proc/self/ns/net', path, 'none', ['MS_BIND']);
  return 0;
}

function* remove(name: string): Running {
  const path = `${folder}/${name}`;
  try {
    if ((yield* statIfAny(path)) !== null) yield* sys.umount2(path, ['MNT_DETACH']);
    yield* sys.unlink(path);
    return 0;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return yield* refuse(`Cannot remove namespace file "${path}": ${strerror(error.errno)}`);
  }
}
