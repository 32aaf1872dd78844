/** What Go's runtime does with the signals that a program has not asked for. */
import type { Running, SignalName } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';
import { writeError } from '../programs/io.ts';

/** Go: runtime/sigtab_linux_generic.go, _SigThrow and _SigPanic. */
const thrown: Readonly<Partial<Record<SignalName, string>>> = {
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace trap',
  SIGABRT: 'abort',
  SIGBUS: 'bus error',
  SIGFPE: 'floating-point exception',
  SIGSEGV: 'segmentation violation',
  SIGSYS: 'bad system call',
};

/**
 * Some it takes and does nothing, where by themselves they would end the program; of others it ends with 2, and says
 * what each goroutine was at, of which there is only the beginning here. Asked of shim, dockerd, containerd and docker
 * 26.1.5.
 */
export function* takeUnwantedSignals(): Running<void> {
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const) yield* sys.sigaction(signal, noOperation);
  for (const [signal, words] of Object.entries(thrown))
    yield* sys.sigaction(signal as SignalName, function* () {
      yield* writeError(`${signal}: ${words}\nglassdock: the stacks of its goroutines are not modelled\n`);
      yield* sys.exit(2);
    });
}

// oxlint-disable-next-line require-yield -- nothing happens in the handler.
function* noOperation(): Running<void> {}
