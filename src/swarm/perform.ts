/** A line in a shell of the host, as a user types it. */
import type { Machine } from '../host/machine.ts';

export const secondNs = 1_000_000_000;

export interface Performed {
  /** Null: it goes on. */
  readonly exitCode: number | null;
  /** Of its standard output, so far. */
  readonly output: string;
  readonly kill: () => void;
}

/** Runs a line until its end, or as long as patience lasts. */
export function perform(machine: Machine, line: string, patienceNs: number): Performed {
  let output = '';
  const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', line] }, (fd, data) => {
    if (fd === 1) output += data;
  });
  machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + patienceNs);
  return { exitCode: shell.exitCode(), output, kill: () => shell.kill('SIGKILL') };
}
