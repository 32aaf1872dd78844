import { expect, test } from 'vitest';
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
