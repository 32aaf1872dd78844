/** Who ended with which status, as containerd told dockerd: recorded with `ctr events`. */
import type { JournalEvent } from '../journal/event.ts';
import recorded from './exits.json' with { type: 'json' };

/** Where one thing ends over and over, how often is chance: equal lines count once. */
const inRounds: ReadonlySet<string> = new Set(['vm-11e-exit-while-daemon-down', 'vm-23-healthcheck']);

/**
 * The recorded lines and those of a run, in a fixed order: several end at the same time. None where none were
 * recorded. Left out in the recording is who ended on a terminal.
 */
export function exitsOf(
  source: string,
  journal: readonly JournalEvent[],
  ids: Readonly<Record<string, string>>,
): readonly { readonly wanted: readonly object[]; readonly told: readonly object[] }[] {
  const lines = (recorded as Readonly<Record<string, readonly string[]>>)[source];
  if (lines === undefined) return [];
  const told = journal.flatMap((event) => {
    if (event.type !== 'message.send' || event.kind !== 'event' || event.label !== '/tasks/exit') return [];
    if (event.protocol !== 'gRPC') return [];
    const { container_id: container, id, exit_status: status } = (JSON.parse(event.body ?? '{}') as Envelope).event;
    const name = Object.keys(ids).find((each) => ids[each] === container) ?? 'unnamed';
    const whose = name.includes('_') ? 'unnamed' : name;
    return [`${whose}: ${id === container ? 'the container' : 'an exec'}, ${status}`];
  });
  const inOrder = (texts: readonly string[]): readonly object[] =>
    (inRounds.has(source) ? [...new Set(texts)] : texts).toSorted().map((exit) => ({ exit }));
  return [{ wanted: inOrder(lines), told: inOrder(told) }];
}

interface Envelope {
  readonly event: { readonly container_id: string; readonly id: string; readonly exit_status: number };
}
