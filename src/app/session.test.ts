import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import type { Request } from '../worker/protocol.ts';
import { createSession, firstTerminal } from './session.ts';

test('what is typed before the machine has booted comes after the opening of its terminal', () => {
  const sent: Request[] = [];
  const session = createSession((request) => sent.push(request));
  session.run({ seed: 1, inputs: [firstTerminal] });
  session.act(0, { terminal: 1, action: 'data', data: 'd' });
  session.act(0, { terminal: 1, action: 'data', data: 'o' });
  const { inputs } = session.store.getState();
  expect(inputs.map(({ action, data }) => [action, data])).toEqual([
    ['open', firstTerminal.data],
    ['data', 'd'],
    ['data', 'o'],
  ]);
  expect(session.store.getState().aside).toBeNull();
});

test('keys that are typed before the head has followed a new future all come after one another', () => {
  const session = createSession(() => {});
  const typed = (data: string) => ({ terminal: 1, action: 'data', data }) as const;
  session.run({ seed: 1, inputs: [firstTerminal] });
  session.act(0, typed('sleep 1\n'));
  session.receive({ type: 'events', epoch: 2, events: happened(4) });
  session.pass(4);
  session.act(2, typed('k'));
  expect(session.store.getState().journal.length).toBe(2);

  session.act(5, typed('i'));
  session.pass(2);
  session.act(2, typed('ll'));
  expect(session.store.getState().inputs.map(({ data }) => data)).toEqual([firstTerminal.data, 'k', 'i', 'll']);
});

/** Every second event is something that was done. */
function happened(count: number): readonly JournalEvent[] {
  return Array.from(
    { length: count },
    (_, seq) => ({ seq, timeNs: seq, type: seq % 2 === 0 ? 'input' : 'note' }) as never,
  );
}
