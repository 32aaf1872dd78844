/** `strace -c`: how often each call was made, and how long it took. strace: src/count.c. */

export interface Counted {
  calls: number;
  errors: number;
  ns: number;
}

export type Counts = Map<string, Counted>;

export function count(counts: Counts, call: string, ns: number, isError: boolean): void {
  const of = counts.get(call) ?? { calls: 0, errors: 0, ns: 0 };
  counts.set(call, { calls: of.calls + 1, errors: of.errors + (isError ? 1 : 0), ns: of.ns + ns });
}

const rule = '------ ----------- ----------- --------- --------- ----------------\n';

/** The table, the most time first. */
export function summaryTable(counts: Counts): string {
  const total = { calls: 0, errors: 0, ns: 0 };
  for (const { calls, errors, ns } of counts.values()) {
    total.calls += calls;
    total.errors += errors;
    total.ns += ns;
  }
  const rows = [...counts].toSorted(([, one], [, other]) => other.ns - one.ns);
  return (
    `% time     seconds  usecs/call     calls    errors syscall\n${rule}` +
    rows.map(([call, counted]) => row(call, counted, total.ns)).join('') +
    rule +
    row('total', total, total.ns)
  );
}

function row(call: string, { calls, errors, ns }: Counted, totalNs: number): string {
  const share = totalNs === 0 ? (call === 'total' ? 100 : 0) : (100 * ns) / totalNs;
  return (
    [
      share.toFixed(2).padStart(6),
      (ns / 1e9).toFixed(6).padStart(11),
      String(calls === 0 ? 0 : Math.floor(ns / 1000 / calls)).padStart(11),
      String(calls).padStart(9),
      (errors === 0 ? '' : String(errors)).padStart(9),
      call,
    ].join(' ') + '\n'
  );
}
