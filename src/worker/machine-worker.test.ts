import { expect, test, vi } from 'vitest';
import type { Report, Request } from './protocol.ts';

test('of runs that were asked for one upon the other only the last takes place', async () => {
  const reports: Report[] = [];
  const listeners: ((message: { readonly data: Request }) => void)[] = [];
  vi.stubGlobal('self', {
    postMessage: (report: Report) => reports.push(report),
    addEventListener: (_type: string, listener: (message: { readonly data: Request }) => void) =>
      listeners.push(listener),
  });
  await import('./machine.worker.ts');

  for (const epoch of [1, 2, 3])
    for (const listen of listeners) listen({ data: { type: 'run', epoch, seed: 1, inputs: [], keepFrom: 0 } });

  await vi.waitFor(() => expect(reports.some(({ type }) => type === 'state')).toBe(true), { timeout: 30_000 });
  const epochs = reports.flatMap((report) => ('epoch' in report ? [report.epoch] : []));
  expect(new Set(epochs)).toEqual(new Set([3]));
});
