/** A signal as a person names it. */
import { signalName, signalNumbers } from '../kernel/abi.ts';
import type { SignalName } from '../kernel/abi.ts';

/** By number or name, with SIG or without, in any case; undefined for none. runc and containerd: ParseSignal(). */
export function parseSignal(text: string): SignalName | undefined {
  const name = /^\d+$/.test(text) ? signalName(Number(text)) : `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  return name !== undefined && Object.hasOwn(signalNumbers, name) ? (name as SignalName) : undefined;
}
