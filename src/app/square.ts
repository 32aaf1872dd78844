import type { SquareCell } from '../panels/desk.ts';
import type { TimedInput } from '../worker/protocol.ts';
import type { Place } from './address.ts';
import { firstTerminal } from './session.ts';

/** When each line is typed, virtual seconds: each has come to its end by then. */
const runsAt = 1;
const readsAgainAt = 4;
const endsAt = 6;

const liveRestoreOn = `echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker`;

/**
 * A cell of the square: a container runs, live-restore is on or off (as a daemon without settings has it), and dockerd
 * gets SIGTERM or SIGKILL. It begins at the signal, and ends with what docker ps says of the container.
 */
export function placeOfCell({ signal, liveRestore }: SquareCell, model: string): Place {
  const inputs: readonly TimedInput[] = [
    firstTerminal,
    typed(runsAt, 'docker run -d --name web nginx'),
    ...(liveRestore ? [typed(readsAgainAt, liveRestoreOn)] : []),
    typed(endsAt, `kill -${signal} $(pidof dockerd); sleep 5; docker ps -a`),
  ];
  const anchor = `signal:SIG${signal} dockerd#1`;
  return { model, seed: 1, inputs, level: 'story', anchor, terminal: firstTerminal.terminal };
}

function typed(seconds: number, line: string): TimedInput {
  return { terminal: firstTerminal.terminal, atNs: seconds * 1e9, action: 'data', data: `${line}\n` };
}
