/** A signal as a person names it: by number or name, with SIG or without, in any case. */
import { signalNumbers } from '../kernel/abi.ts';
import type { SignalName } from '../kernel/abi.ts';

/** Second names. golang.org/x/sys/unix and moby/sys/signal have them. */
const otherNames: Readonly<Record<string, SignalName>> = { SIGCLD: 'SIGCHLD', SIGIOT: 'SIGABRT', SIGPOLL: 'SIGIO' };

/**
 * The number, which need not be one that a signal has; undefined for what names none. dockerd, the CLI and ctr:
 * moby/sys/signal, ParseSignal(), which takes 0 for none.
 */
export function parseSignal(text: string): number | undefined {
  const number = numberIn(text);
  return number === 0 ? undefined : (number ?? numberOfName(text));
}

/** The same as runc does it, which takes 0, but no real-time signal by its name. runc: kill.go, parseSignal(). */
export function parseRuncSignal(text: string): number | undefined {
  return numberIn(text) ?? (/^(?:SIG)?RTM/i.test(text) ? undefined : numberOfName(text));
}

/** Go: strconv.Atoi(), which takes a sign, and no more than 64 bits. */
function numberIn(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 63 ? Number(text) : undefined;
}

function numberOfName(text: string): number | undefined {
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  return (signalNumbers as Readonly<Record<string, number>>)[otherNames[name] ?? name];
}
