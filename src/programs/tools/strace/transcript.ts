/** The lines of strace: which call is open on the present line, what another process interrupts, what resumes. */
import type { SignalInfo, TraceEvent, TraceRecord } from '../../../kernel/abi.ts';
import { strerror } from '../../../kernel/errno.ts';
import type { Shape } from './shown-call.ts';

export interface Look {
  /** Column of the results. */
  readonly column: number;
  /** Before each line: whose it is, and when. */
  readonly prefix: (record: TraceRecord) => string;
  readonly showsDurations: boolean;
}

export interface Transcript {
  readonly enter: (record: TraceRecord, shape: Shape) => string;
  readonly return: (record: TraceRecord, shape: Shape, event: Returned) => string;
  /** A line that is no call: a signal, an end. */
  readonly line: (record: TraceRecord, text: string) => string;
  /** What ends the open line of a call that nobody waits for any longer. */
  readonly leave: () => string;
}

export type Returned = Extract<TraceEvent, { type: 'return' }>;

export function transcript(look: Look): Transcript {
  /** The call whose line has no end yet, and how long that line is. */
  let open: { readonly key: string; readonly width: number } | null = null;
  const unfinished = new Set<string>();
  const keyOf = ({ pid, thread }: TraceRecord): string => `${pid}/${thread}`;
  const interrupt = (): string => {
    if (!open) return '';
    unfinished.add(open.key);
    open = null;
    return ' <unfinished ...>\n';
  };
  return {
    enter: (record, shape) => {
      const before = interrupt();
      const text = `${look.prefix(record)}${shape.name}(${shape.entry}`;
      open = { key: keyOf(record), width: text.length };
      return before + text;
    },
    return: (record, shape, event) => {
      const key = keyOf(record);
      const rest = `${shape.exit?.(event.errno === undefined ? event.value : null) ?? ''})`;
      if (open?.key === key) {
        const { width } = open;
        open = null;
        return rest + ending(look, width + rest.length, shape, event);
      }
      const before = interrupt();
      const isResumed = unfinished.delete(key);
      const begin = isResumed ? `<... ${shape.name} resumed>` : `${shape.name}(${shape.entry}`;
      const text = `${look.prefix(record)}${begin}${rest}`;
      return before + text + ending(look, text.length, shape, event);
    },
    line: (record, text) => `${interrupt()}${look.prefix(record)}${text}\n`,
    leave: () => {
      if (!open) return '';
      open = null;
      return ' <detached ...>\n';
    },
  };
}

function ending(look: Look, width: number, shape: Shape, event: Returned): string {
  const time = look.showsDurations ? ` <${(event.durationNs / 1e9).toFixed(6)}>` : '';
  return `${' '.repeat(Math.max(1, look.column - width))}= ${resultOf(shape, event)}${time}\n`;
}

function resultOf(shape: Shape, { errno, value }: Returned): string {
  // What a signal interrupts may be begun again after it: the tracer sees the kernel's own number for that.
  if (errno === 'EINTR') return '? ERESTARTSYS (To be restarted if SA_RESTART is set)';
  if (errno !== undefined) return `-1 ${errno} (${strerror(errno)})`;
  return shape.result?.(value) ?? (typeof value === 'number' ? String(value) : '0');
}

/** `{si_signo=SIGCHLD, si_code=CLD_EXITED, …}`. */
export function signalWords(signal: string, info: SignalInfo): string {
  const fields = [`si_signo=${signal}`];
  if (info.from === 'kernel') fields.push('si_code=SI_KERNEL');
  else if (info.from === 'process') fields.push('si_code=SI_USER', `si_pid=${info.pid}`, `si_uid=${info.uid}`);
  else {
    const [code, status] = childWords(info.status);
    fields.push(`si_code=${code}`, `si_pid=${info.pid}`, `si_uid=${info.uid}`, `si_status=${status}`);
    fields.push('si_utime=0', 'si_stime=0');
  }
  return `--- ${signal} {${fields.join(', ')}} ---`;
}

function childWords(status: Extract<SignalInfo, { from: 'child' }>['status']): readonly [code: string, status: string] {
  if ('code' in status) return ['CLD_EXITED', String(status.code)];
  if ('stopped' in status) return ['CLD_STOPPED', status.stopped];
  if ('continued' in status) return ['CLD_CONTINUED', 'SIGCONT'];
  return [status.core === true ? 'CLD_DUMPED' : 'CLD_KILLED', status.signal];
}
