/** nohup(1) and setsid(1): a command that a terminal's end does not reach. coreutils, util-linux and busybox. */
import { O, type Environment, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { forkOrComplain, waitFor } from '../spawn.ts';
import { become } from './everyday-tools.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';

/** `nohup COMMAND [ARG]…`: SIGHUP is ignored, and what would go to a terminal goes to nohup.out. */
export function* nohupMain(argv: readonly string[], environment: Environment): Running {
  const options = parseOptions(argv.slice(1), '+');
  if (typeof options === 'string') return yield* refuseOptions('nohup', options, 'gnu', 125);
  if (options.operands.length === 0) return yield* refuseOptions('nohup', 'missing operand', 'gnu', 125);
  const isTerminal = [yield* sys.isatty(0), yield* sys.isatty(1), yield* sys.isatty(2)];
  const told: string[] = [];
  if (isTerminal[0] === true) {
    yield* replace(0, yield* sys.open('/dev/null', O.WRONLY));
    told.push('ignoring input');
  }
  if (isTerminal[1] === true) {
    const output = yield* openOutput(environment);
    if (output === null) return 125;
    yield* replace(1, output.fd);
    told.push(`appending output to '${output.path}'`);
  }
  if (isTerminal[2] === true && isTerminal[1] !== true) told.push('redirecting stderr to stdout');
  if (told.length > 0) yield* complain('nohup', told.join(' and '));
  if (isTerminal[2] === true) yield* sys.dup(1, 2);
  yield* sys.sigaction('SIGHUP', 'ignore');
  return yield* become('nohup', options.operands, environment, 'gnu');
}

/** nohup.out here, or else at home. Null once it has complained. */
function* openOutput({ HOME: home }: Environment): Running<{ readonly path: string; readonly fd: number } | null> {
  for (const path of ['nohup.out', ...(home === undefined ? [] : [`${home}/nohup.out`])]) {
    try {
      return { path, fd: yield* sys.open(path, O.WRONLY | O.CREAT | O.APPEND, 0o600) };
    } catch (error) {
      yield* complain('nohup', `failed to open '${path}': ${errnoWords(error)}`);
    }
  }
  return null;
}

function* replace(fd: number, opened: number): Running<void> {
  if (opened === fd) return;
  yield* sys.dup(opened, fd);
  yield* sys.close(opened);
}

const setsidUsage = `BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: setsid [-c] PROG ARGS

Run PROG in a new session. PROG will have no controlling terminal
and will not be affected by keyboard signals (^C etc).

\t-c\tSet controlling terminal to stdin
`;

/** `setsid [-c] [-f] [-w] COMMAND [ARG]…`: a leader of a group cannot lead a session, so it forks. */
export const setsid = (flavour: Flavour): Program =>
  function* setsidMain(argv, environment): Running {
    const options = parseOptions(argv.slice(1), flavour === 'gnu' ? '+cfw' : '+c', {
      ctty: 'c',
      fork: 'f',
      wait: 'w',
    });
    if (flavour === 'busybox' && (typeof options === 'string' || options.operands.length === 0)) {
      yield* print(setsidUsage, 2);
      return 1;
    }
    if (typeof options === 'string') return yield* refuseOptions('setsid', options, flavour);
    if (options.operands.length === 0) return yield* refuseOptions('setsid', 'no command specified', flavour);
    const lead = function* (): Running {
      yield* sys.setsid();
      if (options.has('c')) yield* takeTerminal();
      return yield* become('setsid', options.operands, environment, flavour);
    };
    const isLeader = (yield* sys.getpgid(0)) === (yield* sys.getpid());
    if (!isLeader && !options.has('f')) return yield* lead();
    const child = yield* forkOrComplain('setsid', flavour === 'gnu' ? 'fork' : 'vfork', lead);
    if (child === null) return 1;
    if (!options.has('w')) return 0;
    const status = yield* waitFor(child);
    return 'code' in status ? status.code : 1;
  };

function* takeTerminal(): Running<void> {
  try {
    yield* sys.setControllingTerminal(0);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('setsid', `failed to set the controlling terminal: ${errnoWords(error)}`);
  }
}
