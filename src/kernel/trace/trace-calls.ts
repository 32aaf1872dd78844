/** ptrace(2) as three calls: seize a process, let it go, and read what it does. */
import type { TraceRecord } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Thread } from '../kernel.ts';
import { notYet, sleepUntil, type Sleep } from '../wait.ts';
import { attach } from './trace.ts';

export const traceCalls: CallTable = {
  ptraceSeize: (kernel, { task }, pid: number, followForks: boolean) => {
    const target = task.pidNamespace.tasks.get(pid);
    if (!target) throw new Errno('ESRCH');
    attach(kernel, task, target, followForks);
    return 1 + target.extraTids.length;
  },
  ptraceDetach: (kernel, { task }, pid: number) => {
    const target = task.pidNamespace.tasks.get(pid);
    if (!target || kernel.tracing.traced.get(target)?.tracer.task !== task) throw new Errno('ESRCH');
    kernel.tracing.traced.delete(target);
  },
  ptraceRead,
};

/** The next record; null when nobody is traced any more. */
function ptraceRead(kernel: Kernel, { task }: Thread): TraceRecord | null | Sleep<TraceRecord | null> {
  const { tracers, traced } = kernel.tracing;
  const tracer = tracers.get(task);
  if (!tracer) return null;
  return sleepUntil([tracer.grown], () => {
    const isTracing = [...traced.values()].some((how) => how.tracer === tracer);
    return tracer.records.shift() ?? (isTracing ? notYet : null);
  });
}
