/**
 * The machine in a thread of its own: runs ahead of what is shown, in slices, so that a newer wish is heard between
 * them.
 */
import { completeLine } from '../host/completion.ts';
import { createMachine, modelVersion, type Machine } from '../host/machine.ts';
import type { JournalEvent } from '../journal/event.ts';
import type { Report, Request, Settled, TimedInput } from './protocol.ts';

/** Images that the host has pulled before anybody came; the others are pulled when they are asked for. */
const images = ['nginx:latest', 'busybox:latest', 'alpine:latest'];
/** Virtual time that passes between two looks at the mailbox. */
const sliceNs = 250_000_000;
/** How far beyond an input the machine runs by itself; after that, time flows when the person lets it. */
const aheadNs = 30_000_000_000;
/** As long as it has its hands full, a loop of three hundred `docker run`, it runs on until then. */
const busyAheadNs = 180_000_000_000;
/** So many events in a slice are work; fewer are a clock that ticks. */
const busyEvents = 300;
/** Events per message: small enough that copying one never delays a frame. */
const batchSize = 1500;

/** What the page has not been told yet; it is posted by itself whenever it makes a whole message. */
interface Outbox {
  readonly epoch: number;
  readonly fresh: JournalEvent[];
  /** How many events there were, told or not. */
  count: number;
}

interface Running {
  readonly epoch: number;
  readonly machine: Machine;
  readonly outbox: Outbox;
}

/** Older machines stop at their next slice, because they are not this one. */
let current: Running | null = null;
/** The newest run that was asked for: whoever types while the story plays asks for one with each key. */
let newest = -1;
/** Work in order of its arrival: a slice at a time. */
let chain: Promise<void> = Promise.resolve();

function post(report: Report): void {
  self.postMessage(report);
}

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  switch (data.type) {
    case 'run':
      current = null;
      newest = data.epoch;
      enqueue(data.epoch, () => rerun(data));
      break;
    case 'inputs':
      enqueue(data.epoch, () => ofEpoch(data.epoch, (running) => takeAll(running, data.inputs)));
      break;
    case 'advance':
      enqueue(data.epoch, () => ofEpoch(data.epoch, (running) => letTimeFlow(running, data.untilNs)));
      break;
    case 'complete':
      post({
        type: 'completions',
        id: data.id,
        candidates: current === null ? [] : completeLine(current.machine.kernel, data.terminal, data.line),
      });
      break;
  }
});

function enqueue(epoch: number, work: () => Promise<void>): void {
  chain = chain.then(work).catch((error: unknown) => {
    post({ type: 'failed', epoch, message: error instanceof Error ? error.message : String(error) });
  });
}

/** What was asked of a machine that is no more is dropped: the page has asked for another since. */
async function ofEpoch(epoch: number, work: (running: Running) => Promise<void>): Promise<void> {
  if (current !== null && current.epoch === epoch) await work(current);
}

async function rerun({ epoch, seed, inputs, keepFrom }: Extract<Request, { type: 'run' }>): Promise<void> {
  if (epoch !== newest) return;
  const outbox: Outbox = { epoch, fresh: [], count: 0 };
  const machine = createMachine({
    seed,
    images,
    sink: (event) => {
      outbox.count += 1;
      if (event.seq < keepFrom) return;
      outbox.fresh.push(event);
      // A slice may be long in coming, as that of a fork bomb: its beginning is a story already.
      if (outbox.fresh.length >= batchSize) postEvents(outbox);
    },
  });
  const running: Running = { epoch, machine, outbox };
  current = running;
  await takeAll(running, inputs);
}

async function takeAll(running: Running, inputs: readonly TimedInput[]): Promise<void> {
  for (const input of inputs) {
    await advanceTo(running, input.atNs);
    if (current !== running) return;
    apply(running.machine, input);
  }
  await settle(running);
}

async function letTimeFlow(running: Running, untilNs: number): Promise<void> {
  await advanceTo(running, untilNs);
  if (current === running) report(running, running.machine.settle(running.machine.nowNs()));
}

/**
 * Everything up to `untilNs` happens before what comes then, whether the machine has just run there or is run again.
 */
async function advanceTo(running: Running, untilNs: number): Promise<void> {
  const { machine } = running;
  while (machine.nowNs() < untilNs && current === running) {
    machine.advance(Math.min(untilNs, machine.nowNs() + sliceNs));
    await breathe(running);
  }
  if (current === running) machine.advance(machine.nowNs());
}

async function settle(running: Running): Promise<void> {
  const { machine } = running;
  const limitNs = machine.nowNs() + aheadNs;
  const busyLimitNs = machine.nowNs() + busyAheadNs;
  let settled: Settled = 'limit';
  let isBusy = true;
  while (settled === 'limit' && machine.nowNs() < (isBusy ? busyLimitNs : limitNs) && current === running) {
    const before = running.outbox.count;
    settled = machine.settle(machine.nowNs() + sliceNs);
    isBusy = running.outbox.count - before >= busyEvents;
    // A sleep longer than a slice ends it as "waiting": it is waited for as long as the machine may run ahead.
    if (settled === 'waiting' && machine.nowNs() < limitNs) settled = machine.settle(limitNs);
    await breathe(running);
  }
  if (current === running) report(running, settled);
}

/** Posts what is new and lets the mailbox be read. */
async function breathe(running: Running): Promise<void> {
  postEvents(running.outbox);
  await new Promise((resume) => {
    setTimeout(resume, 0);
  });
}

function report(running: Running, settled: Settled): void {
  postEvents(running.outbox);
  const { epoch, machine } = running;
  post({ type: 'state', epoch, nowNs: machine.nowNs(), settled, isDue: machine.isAnythingDue() });
}

function postEvents({ epoch, fresh }: Outbox): void {
  while (fresh.length > 0) post({ type: 'events', epoch, events: fresh.splice(0, batchSize) });
}

function apply(machine: Machine, { terminal, action, data }: TimedInput): void {
  const [rows = 24, columns = 80] = data.split('x').map(Number);
  switch (action) {
    case 'open':
      machine.openTerminal(terminal, rows, columns);
      break;
    case 'data':
      machine.input(terminal, data);
      break;
    case 'resize':
      machine.resize(terminal, rows, columns);
      break;
    case 'hangup':
      machine.closeTerminal(terminal);
      break;
  }
}

post({ type: 'ready', model: modelVersion });
