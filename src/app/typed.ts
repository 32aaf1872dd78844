import type { TimedInput } from '../worker/protocol.ts';

/** The lines that were typed at the host's prompt, as the history has them: the page types them as a whole. */
export function commandsOf(inputs: readonly TimedInput[]): readonly string[] {
  return inputs
    .filter(({ action, data }) => action === 'data' && data.endsWith('\n'))
    .flatMap(({ data }) => data.split('\n').map((line) => line.replace(/[\x00-\x1f]/g, '').trim()))
    .filter((line) => line !== '');
}

/** Inputs that do something: lines, and keys such as Ctrl-C. A line that was typed letter by letter counts once. */
export function commandCount(inputs: readonly TimedInput[]): number {
  const typed = inputs.filter(({ action }) => action === 'data');
  return Math.max(typed.length > 0 ? 1 : 0, typed.filter((input) => !isQuiet(input)).length);
}

/** Everything that was typed into one terminal. */
export function typedInto(terminal: number, inputs: readonly TimedInput[]): string {
  return inputs.map((input) => (input.terminal === terminal && input.action === 'data' ? input.data : '')).join('');
}

/** A window, or a key or pasted text that ends no line and interrupts nothing. */
export function isQuiet({ action, data }: Pick<TimedInput, 'action' | 'data'>): boolean {
  return action !== 'data' || !/[\r\n\x03\x04\x1a\x1c]/.test(data);
}
