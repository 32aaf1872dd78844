import type { JournalEvent } from './event.ts';
import type { Draft } from './fold/draft.ts';
import { foldDockerd, foldMachine, foldNote, foldSpan } from './fold/engine.ts';
import { foldDescriptor, foldStream } from './fold/files.ts';
import { foldMessage } from './fold/message.ts';
import { foldCgroup, foldLink, foldMount, foldNamespace } from './fold/resources.ts';
import { foldCall, foldTask } from './fold/task.ts';
import type { World } from './world.ts';

/** The world after one more event. Pure; about a microsecond. */
export function apply(world: World, event: JournalEvent): World {
  const draft: Draft = { ...world, place: event.seq + 1, timeNs: event.timeNs };
  change(draft, event);
  return draft;
}

/** An OOM kill and an address's translation are moments: what follows from them has facts of its own. */
function change(draft: Draft, event: JournalEvent): void {
  switch (event.type) {
    case 'task.fork':
    case 'task.exec':
    case 'task.name':
    case 'task.title':
    case 'task.threads':
    case 'task.session':
    case 'task.subreaper':
    case 'task.stop':
    case 'task.signal-action':
    case 'task.signal-mask':
    case 'task.oom-score':
    case 'task.exit':
    case 'task.reparent':
    case 'task.reap':
    case 'signal.send':
    case 'signal.deliver':
    case 'signal.return':
      return foldTask(draft, event);
    case 'call':
      return foldCall(draft, event);
    case 'namespace.create':
    case 'namespace.enter':
    case 'namespace.end':
      return foldNamespace(draft, event);
    case 'cgroup.create':
    case 'cgroup.remove':
    case 'cgroup.move':
    case 'cgroup.write':
      return foldCgroup(draft, event);
    case 'mount.add':
    case 'mount.remove':
    case 'mount.table':
      return foldMount(draft, event);
    case 'net.link':
      return foldLink(draft, event);
    case 'fd.open':
    case 'fd.duplicate':
    case 'fd.flag':
    case 'fd.close':
      return foldDescriptor(draft, event);
    case 'stream.write':
    case 'stream.read':
    case 'terminal.output':
    case 'terminal.input':
    case 'terminal.resize':
    case 'input':
      return foldStream(draft, event);
    case 'span.open':
    case 'span.close':
      return foldSpan(draft, event);
    case 'message.send':
    case 'message.receive':
      return foldMessage(draft, event);
    case 'machine':
      return foldMachine(draft, event);
    case 'container':
    case 'daemon':
      return foldDockerd(draft, event);
    case 'docker.event':
    case 'note':
      return foldNote(draft, event);
    case 'oom.kill':
    case 'net.translate':
      return;
    case 'boot':
      draft.boot = event;
  }
}
