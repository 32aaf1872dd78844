import type { Report, Request } from '../worker/protocol.ts';

/** Questions of the line editor to the machine, told apart by number. */
export function createCompletions() {
  const open = new Map<number, (candidates: readonly string[]) => void>();
  let last = 0;
  return {
    receive: ({ id, candidates }: Extract<Report, { type: 'completions' }>): void => {
      open.get(id)?.(candidates);
      open.delete(id);
    },
    ask:
      (send: (request: Request) => void) =>
      (terminal: number, line: string): Promise<readonly string[]> =>
        new Promise((resolve) => {
          last += 1;
          open.set(last, resolve);
          send({ type: 'complete', id: last, terminal, line });
        }),
  };
}
