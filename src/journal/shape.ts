import { namespaceKinds } from './event.ts';
import { mountPointFields, openFileFields, type Shape } from './facts.ts';

/** What is wrong with a value that should have this shape, as the end of a sentence; undefined when it is right. */
export function complaintAboutShape(value: unknown, shape: Shape): string | undefined {
  switch (shape) {
    case 'whole':
      return Number.isSafeInteger(value) ? undefined : 'must be a whole number';
    case 'text':
      return typeof value === 'string' ? undefined : 'must be a text';
    case 'truth':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'wholes':
      return isListOf(value, 'whole') ? undefined : 'must be a list of whole numbers';
    case 'texts':
      return isListOf(value, 'text') ? undefined : 'must be a list of texts';
    case 'exit status':
      return isExitStatus(value) ? undefined : 'must have a code or a signal';
    case 'open file':
      return hasFields(value, openFileFields) ? undefined : 'must describe an open file';
    case 'some namespaces':
      return isNamespaces(value) ? undefined : 'must give inode numbers by kind of namespace';
    case 'mount points':
      return Array.isArray(value) && value.every((item) => hasFields(item, mountPointFields))
        ? undefined
        : 'must be a list of mounts';
    default:
      return typeof value === 'string' && shape.includes(value) ? undefined : `must be one of ${shape.join(', ')}`;
  }
}

function isListOf(value: unknown, shape: Shape): boolean {
  return Array.isArray(value) && value.every((item) => complaintAboutShape(item, shape) === undefined);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasFields(value: unknown, fields: Readonly<Record<string, Shape>>): boolean {
  if (!isRecord(value)) return false;
  return (
    Object.keys(value).length === Object.keys(fields).length &&
    Object.entries(fields).every(([name, shape]) => complaintAboutShape(value[name], shape) === undefined)
  );
}

function isExitStatus(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if ('code' in value) return Number.isSafeInteger(value['code']);
  return typeof value['signal'] === 'string' && (value['core'] === undefined || typeof value['core'] === 'boolean');
}

function isNamespaces(value: unknown): boolean {
  const kinds: readonly string[] = namespaceKinds;
  return (
    isRecord(value) &&
    Object.entries(value).every(([kind, inode]) => kinds.includes(kind) && Number.isSafeInteger(inode))
  );
}
