/**
 * A terminal for a container's process: made inside, in the container's own devpts, its master handed out over a
 * socket.
 */
import { exists } from '../directories.ts';
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import type { ProcessSpec } from './spec.ts';

/**
 * Opens a pty, sends its master over `socket`, and makes the slave the controlling terminal and descriptors 0, 1 and 2.
 * runc: init_linux.go, setupConsole().
 *
 * @param mounted whether /dev/console shows it: for the container's first process.
 */
export function* takeConsole(socket: number, spec: ProcessSpec, mounted: boolean): Running<void> {
  const { master, number } = yield* sys.openpt('/dev/ptmx');
  const path = `/dev/pts/${number}`;
  const size = spec.consoleSize;
  if (size !== undefined && size.height > 0) yield* sys.setWindowSize(master, size.height, size.width);
  if (mounted) yield* mountConsole(path);
  yield* sys.sendmsg(socket, path, [master]);
  yield* sys.close(master);
  yield* sys.close(socket);
  const slave = yield* sys.open(path, O.RDWR | O.NOCTTY);
  for (const fd of [0, 1, 2]) yield* sys.dup(slave, fd);
  if (slave > 2) yield* sys.close(slave);
  yield* sys.setControllingTerminal(0);
}

function* mountConsole(path: string): Running<void> {
  if (!(yield* exists('/dev/console'))) {
    yield* sys.close(yield* sys.open('/dev/console', O.WRONLY | O.CREAT | O.CLOEXEC, 0o620));
  }
  yield* sys.mount(path, '/dev/console', '', ['MS_BIND']);
}

/** Connects to `--console-socket`; undefined when none was given. */
export function* dialConsole(path: string | undefined): Running<number | undefined> {
  if (path === undefined) return undefined;
  const fd = yield* sys.connect(path);
  yield* sys.setCloseOnExec(fd, true);
  return fd;
}
