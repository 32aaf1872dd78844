/** A socket unit at work: systemd listens in a service's place. Man page: systemd.socket(5). */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords } from '../../programs/io.ts';
import { startMachine } from '../drive.ts';
import type { MachineRun } from '../drive.ts';
import { note } from './journald.ts';
import type { Surroundings } from './service.ts';
import { titleOf } from './service.ts';
import { socketMachine } from './socket.machine.ts';
import type { SocketEvent } from './socket.machine.ts';
import type { SocketUnit } from './unit.ts';

export interface Socket {
  readonly kind: 'socket';
  unit: SocketUnit;
  machine: MachineRun<typeof socketMachine>;
  /** Where it listens; -1 while it does not. */
  fd: number;
  changedAt: number;
  readonly changed: object;
  /** How often it has been asked to start: a stop that waits is called off by a start that comes later. */
  startsAsked: number;
}

/** A socket that has not been opened. */
export function* newSocket(unit: SocketUnit, around: Surroundings): Running<Socket> {
  const socket: Omit<Socket, 'machine'> = { kind: 'socket', unit, fd: -1, changedAt: 0, changed: {}, startsAsked: 0 };
  const whole = socket as Socket;
  const machine = yield* startMachine(socketMachine, {
    name: 'socket',
    object: unit.name,
    activities: {
      listen: () => listen(whole, around),
      *close(event) {
        yield* sys.close(whole.fd);
        whole.fd = -1;
        const { name } = whole.unit;
        const refused = event.type === 'service refused';
        const words = refused ? "Failed with result 'service-start-limit-hit'." : 'Deactivated successfully.';
        yield* note(around.journald, name, `${name}: ${words}`, refused ? 4 : 6);
        yield* note(around.journald, name, `Closed ${titleOf(whole.unit)}.`);
      },
    },
  });
  return Object.assign(whole, { machine });
}

/** Gives the socket's machine an event and wakes who waits for what comes of it. */
export function* tellSocket(socket: Socket, event: SocketEvent): Running<void> {
  try {
    yield* socket.machine.send(event);
  } catch (error) {
    // The unit has failed, which is its machine's business; init goes on.
    if (!isErrno(error)) throw error;
  }
  socket.changedAt = (yield* sys.realtime()).seconds;
  yield* sys.futexWake(socket.changed);
}

/** A service that runs would know nothing of what it is to listen at. systemd: core/socket.c, socket_start(). */
export function* refuseToListen({ unit }: Socket, { journald }: Surroundings): Running<void> {
  yield* note(journald, unit.name, `${unit.name}: Socket service ${unit.service} already active, refusing.`, 3);
  yield* note(journald, unit.name, `Failed to listen on ${titleOf(unit)}.`, 3);
}

function* listen(socket: Socket, { journald }: Surroundings): Running<void> {
  const { unit } = socket;
  yield* note(journald, unit.name, `Starting ${titleOf(unit)}...`);
  try {
    socket.fd = yield* listenAt(unit.listenPath);
  } catch (error) {
    const words = errnoWords(error);
    yield* note(
      journald,
      unit.name,
      `${unit.name}: Failed to create listening socket (${unit.listenPath}): ${words}`,
      3,
    );
    yield* note(journald, unit.name, `${unit.name}: Failed with result 'resources'.`, 4);
    yield* note(journald, unit.name, `Failed to listen on ${titleOf(unit)}.`, 3);
    throw error;
  }
  yield* sys.setCloseOnExec(socket.fd, true);
  yield* sys.chmod(unit.listenPath, unit.mode);
  yield* note(journald, unit.name, `Listening on ${titleOf(unit)}.`);
}

/** What an earlier socket has left there goes; what cannot go, such as a directory, has the address in use. */
function* listenAt(path: string): Running<number> {
  try {
    yield* sys.unlink(path);
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
  return yield* sys.listen(path);
}
