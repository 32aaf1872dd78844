import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';

/**
 * Go's runtime takes these signals for a program that has not asked for them, and does nothing: by themselves they
 * would end it. Asked of shim, dockerd, containerd and docker 26.1.5. Go: runtime/sigtab_linux_generic.go, _SigNotify.
 */
export function* takeUnwantedSignals(): Running<void> {
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const) yield* sys.sigaction(signal, noOperation);
}

// oxlint-disable-next-line require-yield -- nothing happens in the handler.
function* noOperation(): Running<void> {}
