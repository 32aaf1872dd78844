import { createStore, type StoreApi } from 'zustand/vanilla';
import { createJournal, type Journal } from '../journal/journal.ts';
import type { Report, Request, Settled, TimedInput } from '../worker/protocol.ts';

/** What a person does with one machine: the seed, what was typed and when, and the journal that follows from them. */
export interface Session {
  /** Of the machine that answers; null until it has said so. */
  readonly model: string | null;
  readonly seed: number;
  readonly inputs: readonly TimedInput[];
  /** One object for the page's life; `revision` tells that it has changed. */
  readonly journal: Journal;
  readonly revision: number;
  readonly epoch: number;
  /** Null while the machine is running ahead. */
  readonly settled: Settled | null;
  /** Whether time alone would bring more, from where the machine has come to rest: a restart, the end of a sleep. */
  readonly isDue: boolean;
  /** How far the machine has come; where only time passes that is further than what anybody has seen. */
  readonly nowNs: number;
  /**
   * How far time has flowed at the journal's end, because somebody let it; earlier than the last event means no flow.
   */
  readonly headNs: number;
  /** A future that was put aside by typing in the past. */
  readonly aside: readonly TimedInput[] | null;
  /** What "start over" has thrown away, until something new is typed. */
  readonly before: Start | null;
  /** The machine broke, or could not be started. */
  readonly failure: string | null;
}

export interface Start {
  readonly seed: number;
  readonly inputs: readonly TimedInput[];
}

export interface SessionControl {
  readonly store: StoreApi<Session>;
  readonly receive: (report: Report) => void;
  /** Boots, or boots again and replays. `keepFrom`: the journal's events before this seq stay as they are. */
  readonly run: (start: Start, keepFrom?: number) => void;
  /** Something was done at a place of the journal, all at once; typing in the past puts the later inputs aside. */
  readonly act: (place: number, ...what: readonly Omit<TimedInput, 'atNs'>[]) => void;
  /** Lets virtual time flow on, at the journal's end. */
  readonly flow: (byNs: number) => void;
  /** How many inputs stand before whatever is typed at a place: also those typed there a moment ago. */
  readonly happenedBy: (place: number) => number;
  /** What was typed at a place a moment ago, as long as the head has not passed it. */
  readonly underWay: (place: number) => readonly TimedInput[];
  /** The head stands at a place: what was typed has been seen, or was left behind. */
  readonly pass: (place: number) => void;
  /** The put-aside future takes the place of the present one. Returns the number of events that both share. */
  readonly bringBack: () => void;
  readonly startOver: () => void;
  readonly undoStartOver: () => void;
  readonly fail: (message: string) => void;
}

/** Size of a terminal that nobody has measured yet. */
export const firstTerminal: TimedInput = { terminal: 1, atNs: 0, action: 'open', data: '24x80' };

export function createSession(send: (request: Request) => void): SessionControl {
  const store = createStore<Session>(nothingYet);
  const { getState: get, setState: set } = store;

  /**
   * Typed at this place, but not passed by the head yet: the next key comes after these inputs, not instead of them.
   */
  let unseen: { readonly place: number; readonly count: number } | null = null;

  const run = ({ seed, inputs }: Start, keepFrom = 0): void => {
    const epoch = get().epoch + 1;
    unseen = null;
    get().journal.truncate(keepFrom);
    set({ seed, inputs, epoch, settled: null, failure: null, headNs: 0, revision: get().revision + 1 });
    send({ type: 'run', epoch, seed, inputs, keepFrom });
  };

  /** A head that has not followed yet stands where the journal no longer reaches. */
  const known = (place: number): number => Math.min(place, get().journal.length);

  const happenedBy = (wanted: number): number => {
    const place = known(wanted);
    // The first terminal's opening comes before all that is typed, even by somebody faster than the boot.
    const happened = Math.max(Math.min(1, get().inputs.length), inputsBefore(get().journal, place));
    return unseen !== null && place >= unseen.place ? Math.max(happened, unseen.count) : happened;
  };

  const act = (wanted: number, ...what: readonly Omit<TimedInput, 'atNs'>[]): void => {
    const place = known(wanted);
    const { journal, inputs, settled, nowNs, headNs, seed, epoch } = get();
    const happened = happenedBy(place);
    const isLast = place >= journal.length && happened === inputs.length;
    const lastNs = inputs[happened - 1]?.atNs ?? 0;
    const seenNs = Math.max(journal.worldAt(place).timeNs, lastNs, isLast ? headNs : 0);
    const isResting = isLast && (settled === 'idle' || (settled !== null && seenNs >= nowNs));
    const atNs = isResting ? Math.max(nowNs, seenNs) : seenNs;
    const done = what.map((input) => ({ ...input, atNs }));
    set({ before: null });
    if (isResting) {
      set({ inputs: [...inputs, ...done], settled: null, headNs: 0 });
      send({ type: 'inputs', epoch, inputs: done });
    } else {
      const later = inputs.slice(happened);
      if (later.some(({ action }) => action === 'data')) set({ aside: inputs });
      run({ seed, inputs: [...inputs.slice(0, happened), ...done] }, place);
    }
    unseen = { place, count: happened + done.length };
  };

  return {
    store,
    receive: (report) => receive(store, report),
    run,
    act,
    happenedBy,
    underWay: (place) =>
      unseen === null ? [] : get().inputs.slice(inputsBefore(get().journal, known(place)), happenedBy(place)),
    pass: (wanted) => {
      if (unseen === null) return;
      const place = known(wanted);
      if (place < unseen.place || inputsBefore(get().journal, place) >= unseen.count) unseen = null;
    },
    flow: (byNs) => flow(store, send, byNs),
    ...createReturns(store, run),
    fail: (message) => set({ failure: message }),
  };
}

function flow(
  { getState: get, setState: set }: StoreApi<Session>,
  send: (request: Request) => void,
  byNs: number,
): void {
  const { epoch, nowNs, settled, headNs, journal } = get();
  if (settled === null) return;
  const toNs = Math.floor(Math.max(headNs, journal.events.at(-1)?.timeNs ?? 0) + byNs);
  set({ headNs: toNs });
  if (toNs <= nowNs) return;
  set({ settled: null });
  send({ type: 'advance', epoch, untilNs: toNs });
}

function receive({ getState: get, setState: set }: StoreApi<Session>, report: Report): void {
  if (report.type === 'ready') set({ model: report.model });
  if (report.type === 'ready' || report.type === 'completions' || report.epoch !== get().epoch) return;
  if (report.type === 'failed') set({ failure: report.message, settled: 'limit', isDue: false });
  if (report.type === 'state') set({ nowNs: report.nowNs, settled: report.settled, isDue: report.isDue });
  if (report.type === 'events') {
    get().journal.append(report.events);
    set({ revision: get().revision + 1 });
  }
}

/** What takes up another history: the one put aside, a fresh one, and the one that was thrown away for it. */
function createReturns(
  { getState: get, setState: set }: StoreApi<Session>,
  run: SessionControl['run'],
): Pick<SessionControl, 'bringBack' | 'startOver' | 'undoStartOver'> {
  return {
    bringBack: () => {
      const { aside, inputs, seed, journal } = get();
      if (aside === null) return;
      set({ aside: inputs.length > sharedInputs(aside, inputs) ? inputs : null });
      run({ seed, inputs: aside }, sharedPlace(journal, inputs, aside));
    },
    startOver: () => {
      const { seed, inputs, journal } = get();
      const fresh = inputs.slice(0, 1);
      set({ before: { seed, inputs }, aside: null });
      run({ seed, inputs: fresh }, sharedPlace(journal, inputs, fresh));
    },
    undoStartOver: () => {
      const { before, inputs, journal, seed } = get();
      if (before === null) return;
      set({ before: null });
      run(before, before.seed === seed ? sharedPlace(journal, inputs, before.inputs) : 0);
    },
  };
}

function nothingYet(): Session {
  return {
    model: null,
    seed: 1,
    inputs: [],
    journal: createJournal(),
    revision: 0,
    epoch: 0,
    settled: null,
    isDue: false,
    nowNs: 0,
    headNs: 0,
    aside: null,
    before: null,
    failure: null,
  };
}

/** How many inputs have happened before a place: each leaves one fact. */
export function inputsBefore({ inputs }: Journal, place: number): number {
  return inputs.findLastIndex((seq) => seq < place) + 1;
}

/** The place right before the input with this index; the journal's end when it has not happened. */
export function placeOfInput({ inputs, length }: Journal, index: number): number {
  return inputs[index] ?? length;
}

/** How many events a run with `next` has in common with the journal, which came from `inputs`. */
function sharedPlace(journal: Journal, inputs: readonly TimedInput[], next: readonly TimedInput[]): number {
  const shared = sharedInputs(next, inputs);
  const place = placeOfInput(journal, shared);
  const untilNs = next[shared]?.atNs ?? Infinity;
  const later = journal.events.findIndex(({ timeNs }) => timeNs >= untilNs);
  return later === -1 ? place : Math.min(place, later);
}

function sharedInputs(one: readonly TimedInput[], other: readonly TimedInput[]): number {
  const differs = one.findIndex((input, index) => {
    const twin = other[index];
    return (
      twin === undefined || twin.atNs !== input.atNs || twin.data !== input.data || twin.terminal !== input.terminal
    );
  });
  return differs === -1 ? one.length : differs;
}
