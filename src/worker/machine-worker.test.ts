import { beforeEach, expect, test, vi } from 'vitest';
import type { Report, Request } from './protocol.ts';

/** A net for what never comes, not a measure of speed. */
const netMs = 60_000;

/** What is posted, and how many events had happened in the machine by then. */
let reports: { readonly report: Report; readonly happened: number }[];
let ask: (request: Request) => void;

beforeEach(async () => {
  reports = [];
  let happened = 0;
  const listeners: ((message: { readonly data: Request }) => void)[] = [];
  vi.resetModules();
  vi.stubGlobal('self', {
    postMessage: (report: Report) => reports.push({ report, happened }),
    addEventListener: (_type: string, listener: (message: { readonly data: Request }) => void) =>
      listeners.push(listener),
  });
  ask = (data) => {
    for (const listen of listeners) listen({ data });
  };
  vi.doMock(import('../host/machine.ts'), async (original) => {
    const machine = await original();
    const createMachine: typeof machine.createMachine = ({ sink, ...options }) =>
      machine.createMachine({
        ...options,
        sink: (event) => {
          happened += 1;
          sink(event);
        },
      });
    return { ...machine, createMachine };
  });
  await import('./machine.worker.ts');
}, netMs);

async function settled(): Promise<void> {
  const isSettled = (): boolean => reports.some(({ report }) => report.type === 'state');
  await vi.waitFor(() => expect(isSettled()).toBe(true), { timeout: netMs });
}

test(
  'of runs that were asked for one upon the other only the last takes place',
  async () => {
    for (const epoch of [1, 2, 3]) ask({ type: 'run', epoch, seed: 1, inputs: [], keepFrom: 0 });

    await settled();
    const epochs = reports.flatMap(({ report }) => ('epoch' in report ? [report.epoch] : []));
    expect(new Set(epochs)).toEqual(new Set([3]));
  },
  netMs,
);

test(
  'what a fork bomb does within a moment is told from its beginning while it is worked out',
  async () => {
    const bomb = "docker run --rm busybox sh -c 'f() { f & f; }; f'\n";
    const inputs = [
      { terminal: 1, atNs: 0, action: 'open', data: '24x80' },
      { terminal: 1, atNs: 1e9, action: 'data', data: bomb },
    ] as const;
    ask({ type: 'run', epoch: 1, seed: 1, inputs, keepFrom: 0 });

    await settled();
    let posted = 0;
    const untold = reports.map(({ report, happened }) => {
      if (report.type === 'events') posted += report.events.length;
      return happened - posted;
    });
    expect(posted).toBeGreaterThan(15_000);
    expect(Math.max(...untold)).toBeLessThan(1500);
  },
  netMs,
);
