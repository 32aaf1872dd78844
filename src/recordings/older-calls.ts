/** System calls of the older engine's recordings: what of them the modelled one makes in the same order. */
import type { JournalEvent } from '../journal/event.ts';
import { byRole, callsInOrder, comparableCall } from './calls.ts';
import type { CallFact } from './calls.ts';
import recorded from './calls-of-older.json' with { type: 'json' };
import { normalise } from './normalise.ts';

const processesOf = new Map(recorded.recordings.map(({ source, processes }) => [source, Object.entries(processes)]));

/** What was recorded, by kind of process; nothing where nothing was traced. */
export function olderCalls(source: string): readonly CallFact[] {
  const calls = (processesOf.get(source) ?? []).flatMap(([who, list]) =>
    (recorded.lists[list] ?? []).map((call) => ({ who, call: comparableCall(normalise(call)) ?? '' })),
  );
  return byKind(calls);
}

/** What the simulated processes called, likewise. */
export function newerCalls(
  journal: readonly JournalEvent[],
  fromSeq: number,
  ids: Readonly<Record<string, string>>,
): readonly CallFact[] {
  return byKind(callsInOrder(journal, fromSeq, Object.fromEntries(Object.values(ids).map((id) => [id, '$CID']))));
}

/** The traces name no containers: of each kind the processes are numbered in the order of their first calls. */
function byKind(calls: readonly CallFact[]): readonly CallFact[] {
  const names = new Map<string, string>();
  const count = new Map<string, number>();
  const facts = calls.flatMap(({ who, call }): readonly CallFact[] => {
    const text = comparable(call);
    const kind = who.replace(/^exec-init/, 'runc-init').replace(/[:#].*/, '');
    if (text === undefined || /^(?:containerd|setkey)$/.test(kind)) return [];
    if (kind === 'dockerd' && !/^(?:mount\("overlay|umount2|mknod)/.test(text)) return [];
    if (!names.has(who)) {
      const number = (count.get(kind) ?? 0) + 1;
      count.set(kind, number);
      names.set(who, number === 1 ? kind : `${kind}#${number}`);
    }
    return [{ who: names.get(who) ?? kind, call: text }];
  });
  return byRole(facts);
}

/** The call without what is chance, of a version or of a host; undefined for what is not compared. */
function comparable(call: string): string | undefined {
  const text = replacements.reduce((words, [pattern, newer]) => words.replace(pattern, newer), call);
  return text === '' || leftOut.some((pattern) => pattern.test(text)) ? undefined : text;
}

const replacements: readonly (readonly [RegExp, string])[] = [
  [/(?<=\(|, )""/g, 'NULL'],
  [/(?<=\/proc\/self\/fd\/)\d+/, '$N'],
  [/(?<=^prctl\(PR_SET_(?:KEEPCAPS|CHILD_SUBREAPER|DUMPABLE)), \d/, ''],
  [/(?<=PR_CAPBSET_DROP) \([^)]*\)/, ''],
  [/mode=0\d+,(?=mode=7)/, ''],
  [/(?<=\/containerd\/\$CID\/)[^-"]+(?=-std)/, '$ID'],
  [/(?<=\/\$CID\/\.)(?:\$CID|\$HEX)(?=\.pid")/, '$ID'],
  [/(?<=\/netns\/)[^"]*/, '$N'],
  // One more than the daemon's own.
  [/(?<=^write\("\/proc\/\$PID\/oom_score_adj", )"(?:1|-998)"/, '$SCORE'],
  [/O_CLOEXEC\|/, ''],
  [/(?<=^kill\()\$?([a-z]+)[^,]*/, '$1'],
  [/\$EXEC\/containerd\/daemon/g, '/run/containerd'],
  [/\/(?:\.address|\*)"/, '/.address"'],
];

/** What cgroups of version 2 and the newer runc add; what the recording host's /proc and /sys had not. */
const leftOut: readonly RegExp[] = [
  /cgroup|CLONE_NEWCGROUP|^bpf\(|^write\("\/proc\/sys\//,
  /^mount\(NULL, "[^"]*\/merged", NULL, MS_PRIVATE/,
  /^prctl\((?:PR_SET_SECCOMP|PR_SET_NO_NEW_PRIVS)/,
  // The journal tells of it as the child's own.
  /^setpgid\(\$/,
  /"\/(?:proc\/(?:sysrq-trigger|kcore)|sys\/devices\/virtual\/powercap)"/,
];
