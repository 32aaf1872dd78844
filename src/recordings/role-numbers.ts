import type { HistoryOperation } from './recording.ts';

/** A line of the headless report's history, less what only places it. `pid` is that of `who`. */
export type ReportedOperation = HistoryOperation & { readonly pid: number };

/**
 * The report's history in the recordings' notation: a role alone is the first process that had it, `runc-delete:web#2`
 * the second, counted from the start of the given list. The report tells repeats apart by pid, but gives the pid of
 * `who` only. So a child is the next process of its role that was not seen before; a parent or reaper is the one that
 * the process is known to have; and any other role means the latest process that had it.
 */
export function numberReported(history: readonly ReportedOperation[]): readonly HistoryOperation[] {
  const latest = new Map<string, string>();
  const parents = new Map<string, string>();
  const seen = new Set<string>();
  const see = (name: string): string => {
    seen.add(name);
    latest.set(roleOf(name), name);
    return name;
  };
  const upcoming = (role: string, index: number): string =>
    history
      .slice(index)
      .map(nameByPid)
      .find((name) => roleOf(name) === role && !seen.has(name)) ?? `${role}#unseen at ${index}`;

  const named = history.map((reported, index): HistoryOperation => {
    const { pid: _pid, ...operation } = reported;
    const who = see(nameByPid(reported));
    const parentOr = (role: string): string => {
      const parent = parents.get(who);
      if (parent !== undefined && roleOf(parent) === role) return parent;
      return latest.get(role) ?? see(upcoming(role, index + 1));
    };
    if (operation.op === 'fork') {
      const parent = operation.parent === operation.who ? who : parentOr(operation.parent);
      const child = see(upcoming(operation.child, index + 1));
      parents.set(child, parent);
      return { ...operation, who, parent, child };
    }
    if (operation.op === 'reparent') {
      const from = parentOr(operation.from);
      const to = latest.get(operation.to) ?? see(upcoming(operation.to, index + 1));
      parents.set(who, to);
      return { ...operation, who, from, to };
    }
    return operation.op === 'reap' ? { ...operation, who, by: parentOr(operation.by) } : { ...operation, who };
  });
  return numberFromStart(named);
}

function nameByPid({ who, pid }: ReportedOperation): string {
  return `${who}#${pid}`;
}

function roleOf(name: string): string {
  return name.split('#')[0] ?? name;
}

/**
 * Counts the processes of each role anew, in the order of their first mention. Needed for a part of a recording, where
 * the numbers go on from the parts before it.
 */
export function numberFromStart<Operation extends HistoryOperation>(
  history: readonly Operation[],
): readonly Operation[] {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const rename = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const role = roleOf(name);
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    const renamed = count === 1 ? role : `${role}#${count}`;
    names.set(name, renamed);
    return renamed;
  };
  return history.map((operation) => {
    const entries = namedFields
      .filter((field) => field in operation)
      .map((field) => [field, rename(String(operation[field as keyof Operation]))] as const);
    return { ...operation, ...Object.fromEntries(entries) };
  });
}

/** The fields that hold a role, in the order in which they count as mentioned: the parents before the child. */
const namedFields = ['who', 'parent', 'from', 'to', 'by', 'child'];
