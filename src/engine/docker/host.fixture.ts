/** A booted host for tests of docker commands: scripts in its shell, people at its terminals. */
import { createMachine } from '../../host/machine.ts';
import type { JournalEvent } from '../../journal/event.ts';
import { fromUtf8 } from '../../kernel/bytes.ts';

export interface Host {
  /** Runs a script of the host's shell to its end. */
  readonly run: (script: string) => {
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
  };
  /**
   * Types into a terminal (opened when it is first used) and lets the machine settle.
   *
   * @returns what the terminal has shown since.
   */
  readonly type: (terminal: number, text: string) => string;
  readonly advance: (seconds: number) => void;
  readonly journal: readonly JournalEvent[];
}

export function bootHost(images: readonly string[] = ['busybox']): Host {
  const journal: JournalEvent[] = [];
  const shown = new Map<number, string>();
  const machine = createMachine({
    seed: 1,
    images,
    sink: (event) => {
      journal.push(event);
      if (event.type !== 'terminal.output') return;
      shown.set(event.terminal, (shown.get(event.terminal) ?? '') + fromUtf8(event.data));
    },
  });
  const later = (seconds: number): number => machine.nowNs() + seconds * 1e9;
  return {
    journal,
    run: (script) => {
      const output = { 1: '', 2: '' };
      const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', script] }, (fd, data) => {
        output[fd] += data;
      });
      machine.runWhile(() => shell.exitCode() === null, later(3600));
      machine.quiesce(later(60));
      return { exitCode: shell.exitCode(), stdout: fromUtf8(output[1]), stderr: fromUtf8(output[2]) };
    },
    type: (terminal, text) => {
      if (!shown.has(terminal)) {
        machine.openTerminal(terminal, 24, 120);
        machine.settle(later(5));
      }
      shown.set(terminal, '');
      machine.input(terminal, text);
      machine.settle(later(5));
      return shown.get(terminal) ?? '';
    },
    advance: (seconds) => machine.advance(later(seconds)),
  };
}
