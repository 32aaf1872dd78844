import fc from 'fast-check';
import { namespaceKinds, type Fact, type JournalEvent } from './event.ts';
import { factTypes, fieldsOf, isOptional, mountPointFields, openFileFields, shapeOf, type Shape } from './facts.ts';

/** Journals of any facts in any order: more than a machine could write, so that no reader leans on its good manners. */
export const anyJournal = journalOf({ maxLength: 80 });
/** Long enough for several checkpoints. */
export const longJournal = journalOf({ minLength: 300, maxLength: 900, size: 'max' });

function journalOf(length: fc.ArrayConstraints): fc.Arbitrary<readonly JournalEvent[]> {
  const row = fc.tuple(fc.oneof(...factTypes.map(factOf)), fc.nat(1e6), fc.option(fc.nat(20), { nil: undefined }));
  return fc.array(row, length).map((rows) => {
    let timeNs = 0;
    return rows.map(([fact, wait, span], seq) => {
      timeNs += wait;
      return { ...fact, seq, timeNs, ...(span === undefined ? {} : { span, cause: Math.floor(seq / 2) }) };
    });
  });
}

function factOf(type: Fact['type']): fc.Arbitrary<Fact> {
  const fields = fieldsOf(type);
  const required = fields.filter(([, field]) => !isOptional(field)).map(([name]) => name);
  const values = Object.fromEntries(fields.map(([name, field]) => [name, valueOf(shapeOf(field))]));
  return fc.record(values, { requiredKeys: required }).map((value) => ({ type, ...value }) as unknown as Fact);
}

function valueOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape) {
    case 'whole':
      return fc.oneof(fc.nat(40), fc.constantFrom(1000, 4026531835, 4026531840));
    case 'text':
      return fc.oneof(fc.constantFrom('web', '/system.slice', 'eth0'), fc.string({ maxLength: 8 }));
    case 'truth':
      return fc.boolean();
    case 'wholes':
      return fc.array(fc.nat(40), { maxLength: 4 });
    case 'texts':
      return fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 });
    case 'exit status':
      return fc.oneof(fc.record({ code: fc.nat(255) }), fc.record({ signal: fc.constant('SIGKILL') }));
    case 'open file':
      return recordOf(openFileFields);
    case 'some namespaces':
      return fc.record(Object.fromEntries(namespaceKinds.map((kind) => [kind, fc.nat(9)])), { requiredKeys: ['pid'] });
    case 'mount points':
      return fc.array(recordOf(mountPointFields), { maxLength: 3 });
    default:
      return fc.constantFrom(...shape);
  }
}

function recordOf(fields: Readonly<Record<string, Shape>>): fc.Arbitrary<unknown> {
  return fc.record(Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, valueOf(shape)])));
}
