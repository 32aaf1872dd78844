import workerAddress from '../worker/machine.worker.ts?worker&url';
import type { Report, Request } from '../worker/protocol.ts';

/** The page's end of the line to the machine. */
export interface MachineLink {
  readonly send: (request: Request) => void;
  readonly close: () => void;
}

/**
 * Starts the machine's worker. Requests made before it runs are kept. In a frame with an opaque origin a worker by
 * address is refused as cross-origin, so its text is fetched and started from a Blob; the same way everywhere, so that
 * one way is tested. Error: `onFailure` with a sentence, when the script cannot be had or ends badly.
 */
export function linkMachine(onReport: (report: Report) => void, onFailure: (message: string) => void): MachineLink {
  const kept: Request[] = [];
  let worker: Worker | null = null;
  let isClosed = false;

  start().catch((error: unknown) => onFailure(error instanceof Error ? error.message : String(error)));

  async function start(): Promise<void> {
    const response = await fetch(new URL(workerAddress, document.baseURI));
    if (!response.ok) throw new Error(`the machine's script could not be loaded (${response.status})`);
    if (isClosed) return;
    const address = URL.createObjectURL(new Blob([await response.text()], { type: 'text/javascript' }));
    worker = new Worker(address);
    worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
      if (data.type === 'ready') URL.revokeObjectURL(address);
      onReport(data);
    });
    worker.addEventListener('error', (event) => onFailure(event.message || 'the machine could not be started'));
    for (const request of kept.splice(0)) worker.postMessage(request);
  }

  return {
    send: (request) => {
      if (worker === null) kept.push(request);
      else worker.postMessage(request);
    },
    close: () => {
      isClosed = true;
      worker?.terminate();
    },
  };
}
