import { namespaceKinds, type Fact } from './event.ts';

/**
 * Every field of every fact, in the order in which a journal file writes them. The codec, the check of what comes from
 * a file, and the JSON Schema are all made from this table; the compiler holds it to event.ts.
 */
export type Shape =
  | 'whole'
  | 'text'
  | 'truth'
  | 'wholes'
  | 'texts'
  | 'exit status'
  | 'open file'
  | 'some namespaces'
  | 'mount points'
  | readonly string[];
export type Field = Shape | { readonly optional: Shape };

type FactOf<Type extends Fact['type']> = Extract<Fact, { type: Type }>;
type FieldsOf<Type extends Fact['type']> = { readonly [Name in Exclude<keyof FactOf<Type>, 'type'>]-?: Field };
export type FactTable = { readonly [Type in Fact['type']]: FieldsOf<Type> };

const optional = (shape: Shape): Field => ({ optional: shape });
const mountPoint = { id: 'whole', target: 'text', fstype: 'text', source: 'text', options: 'text' } as const;
const terminalData = { terminal: 'whole', data: 'text' } as const;

/**
 * The order of the types is their number in a journal file: new ones go to the end, and a type's new fields to its
 * end, so that old files keep their meaning.
 */
export const factTable = {
  boot: {
    version: 'whole',
    model: 'text',
    seed: 'whole',
    bootUnixSeconds: 'whole',
    hostname: 'text',
  },
  'task.fork': {
    pid: 'whole',
    by: 'whole',
    parent: 'whole',
    nsPids: 'wholes',
    flags: 'texts',
    namespaces: optional('some namespaces'),
  },
  'task.exec': { pid: 'whole', path: 'text', argv: 'texts', comm: 'text', closed: 'wholes' },
  'task.name': { pid: 'whole', comm: 'text' },
  'task.title': { pid: 'whole', argv: 'texts' },
  'task.threads': { pid: 'whole', count: 'whole' },
  'task.session': { pid: 'whole', sid: 'whole', pgid: 'whole' },
  'task.subreaper': { pid: 'whole', on: 'truth' },
  'task.stop': { pid: 'whole', on: 'truth', signal: 'text' },
  'task.exit': { pid: 'whole', status: 'exit status' },
  'task.reparent': { pid: 'whole', from: 'whole', to: 'whole', because: ['subreaper', 'namespace-init'] },
  'task.reap': { pid: 'whole', by: 'whole' },
  call: {
    pid: 'whole',
    call: 'text',
    args: 'text',
    result: optional('text'),
    phase: optional(['enter', 'return']),
  },
  'signal.send': {
    pid: 'whole',
    from: 'whole',
    signal: 'text',
    fate: ['queued', 'ignored', 'discarded', 'blocked'],
  },
  'signal.deliver': {
    pid: 'whole',
    signal: 'text',
    action: ['handler', 'terminate', 'stop', 'continue', 'ignore'],
  },
  'namespace.create': { pid: 'whole', kind: namespaceKinds, inode: 'whole', copyOf: optional('whole') },
  'namespace.enter': { pid: 'whole', kind: namespaceKinds, inode: 'whole' },
  'namespace.end': { kind: namespaceKinds, inode: 'whole' },
  'cgroup.create': { pid: 'whole', path: 'text' },
  'cgroup.remove': { pid: 'whole', path: 'text' },
  'cgroup.move': { pid: 'whole', path: 'text', by: 'whole' },
  'cgroup.write': { pid: 'whole', path: 'text', file: 'text', value: 'text' },
  'mount.add': { pid: 'whole', namespace: 'whole', ...mountPoint },
  'mount.remove': { pid: 'whole', namespace: 'whole', id: 'whole', above: optional('wholes') },
  'mount.table': { pid: 'whole', namespace: 'whole', mounts: 'mount points' },
  'fd.open': { pid: 'whole', fd: 'whole', file: 'open file', closeOnExec: 'truth' },
  'fd.duplicate': { pid: 'whole', from: 'whole', fd: 'whole', closeOnExec: 'truth' },
  'fd.flag': { pid: 'whole', fd: 'whole', closeOnExec: 'truth' },
  'fd.close': { pid: 'whole', fd: 'whole' },
  'stream.write': { pid: 'whole', inode: 'whole', data: 'text', bytes: optional('whole') },
  'stream.read': { pid: 'whole', inode: 'whole', bytes: 'whole' },
  'terminal.output': terminalData,
  'terminal.input': terminalData,
  'terminal.resize': { terminal: 'whole', rows: 'whole', columns: 'whole' },
  'net.link': {
    pid: 'whole',
    op: ['add', 'remove', 'move', 'rename', 'up', 'master', 'address', 'route', 'no address'],
    namespace: 'whole',
    name: 'text',
    value: 'text',
  },
  'span.open': {
    pid: 'whole',
    id: 'whole',
    parent: optional('whole'),
    name: 'text',
    level: ['story', 'engine', 'kernel'],
  },
  'span.close': { pid: 'whole', id: 'whole', outcome: optional('text') },
  'message.send': {
    pid: 'whole',
    id: 'whole',
    connection: 'whole',
    protocol: ['HTTP', 'gRPC', 'ttrpc', 'D-Bus', 'hook', 'HTTPS', 'TCP'],
    kind: ['request', 'response', 'event'],
    label: 'text',
    status: optional('text'),
    body: optional('text'),
    to: 'whole',
  },
  'message.receive': { pid: 'whole', id: 'whole' },
  machine: { pid: 'whole', machine: 'text', object: 'text', from: optional('text'), to: 'text', event: 'text' },
  container: {
    pid: 'whole',
    id: 'text',
    name: 'text',
    image: 'text',
    status: ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'],
    exitCode: 'whole',
    oomKilled: 'truth',
    restartCount: 'whole',
    taskPid: 'whole',
    shimPid: 'whole',
    removed: 'truth',
    restartDelayNs: optional('whole'),
  },
  'docker.event': { pid: 'whole', line: 'text', action: 'text', object: 'text' },
  note: { pid: 'whole', topic: 'text', text: 'text' },
  input: { terminal: 'whole', action: ['open', 'data', 'resize', 'hangup'], data: 'text' },
  'oom.kill': { pid: 'whole', by: 'whole', cgroup: 'text', score: 'whole', residentBytes: 'whole' },
  'task.signal-action': { pid: 'whole', signal: 'text', action: ['default', 'ignore', 'handler'] },
  'task.signal-mask': { pid: 'whole', blocked: 'texts' },
  'signal.return': { pid: 'whole', signal: 'text' },
  'task.oom-score': { pid: 'whole', adjustment: 'whole' },
  daemon: { pid: 'whole', liveRestore: 'truth' },
  'net.translate': { pid: 'whole', asked: 'text', reached: 'text' },
} as const satisfies FactTable;

/** The parts of the shapes that are objects. */
export const openFileFields = {
  id: 'whole',
  kind: ['file', 'directory', 'pipe', 'fifo', 'socket', 'tty', 'device', 'anon', 'namespace'],
  name: 'text',
  access: ['r', 'w', 'rw', 'path'],
  inode: 'whole',
} as const;
export const mountPointFields = mountPoint;

/** The fact types in the order of their numbers. */
export const factTypes = Object.keys(factTable) as readonly Fact['type'][];

/** Names and shapes of a type's fields, in order. */
export function fieldsOf(type: Fact['type']): readonly (readonly [name: string, field: Field])[] {
  return Object.entries(factTable[type]);
}

export function shapeOf(field: Field): Shape {
  return isOptional(field) ? field.optional : field;
}

export function isOptional(field: Field): field is { readonly optional: Shape } {
  return typeof field === 'object' && 'optional' in field;
}
