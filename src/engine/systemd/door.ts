/** How the outside reaches the machine: requests for log-ins, which pid 1 answers as a getty or sshd would. */
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';

/**
 * Somebody wants a process outside any service: a shell on a terminal, or a command whose output goes to a line out of
 * the machine.
 */
export interface LoginRequest {
  readonly argv: readonly string[];
  /** A path, or a name to look up in the environment's PATH. */
  readonly path: string;
  readonly env: Environment;
  readonly cwd: string;
  /** Paths of the devices for descriptors 0, 1 and 2. The first becomes the controlling terminal when it is one. */
  readonly stdio: readonly [string, string, string];
  /** Told the new process's pid. */
  readonly started: (pid: number) => void;
  /** Told that there is no such program, or that it may not be executed. */
  readonly failed: (reason: string) => void;
}

export interface Door {
  readonly waiting: LoginRequest[];
}

/** Answers requests as they come, one session each. */
export function* answerDoor(door: Door, log: (request: LoginRequest, session: number) => Running<void>): Running<void> {
  for (let session = 1; ;) {
    const request = door.waiting.shift();
    if (!request) {
      yield* sys.futexWait(door);
      continue;
    }
    yield* log(request, session);
    session += 1;
  }
}
