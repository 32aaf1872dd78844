import { journalVersion, namespaceKinds, type Fact } from './event.ts';
import { factTypes, fieldsOf, isOptional, mountPointFields, openFileFields, shapeOf, type Shape } from './facts.ts';

type Schema = Readonly<Record<string, unknown>>;

const whole: Schema = { type: 'integer' };
const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };

/**
 * The JSON Schema (2020-12) of a journal: the events as readers of the API see them, and the lines of the file. It is
 * written to schema.json beside this file; a test holds the two equal.
 */
export function journalSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:glassdock:journal:${journalVersion}`,
    title: 'Glassdock journal',
    description: 'A line of a journal file, the first or any other; or, decoded, one event, or all of them in order.',
    anyOf: [
      { $ref: '#/$defs/header' },
      { $ref: '#/$defs/line' },
      { $ref: '#/$defs/event' },
      { type: 'array', items: { $ref: '#/$defs/event' } },
    ],
    $defs: {
      event: { oneOf: factTypes.map((type) => ({ $ref: `#/$defs/${type}` })) },
      ...Object.fromEntries(factTypes.map((type) => [type, eventSchema(type)])),
      header: {
        description: 'The first line of a journal file.',
        type: 'object',
        properties: { glassdock: { const: 'journal' }, version: { const: journalVersion } },
        required: ['glassdock', 'version'],
        additionalProperties: false,
      },
      line: {
        description:
          'Any other line: type number, ns since the event before, span less that before, events since the cause, ' +
          'then the fields. {"$": n} stands for the n-th text of 24 characters or more.',
        type: 'array',
        prefixItems: [
          { type: 'integer', minimum: 0, maximum: factTypes.length - 1 },
          count,
          { type: ['integer', 'null'] },
          { type: ['integer', 'null'], minimum: 0 },
        ],
        minItems: 2,
        $comment: factTypes.map((type, number) => `${number} ${type}: ${fieldNames(type)}`).join('; '),
      },
    },
  };
}

function fieldNames(type: Fact['type']): string {
  return fieldsOf(type)
    .map(([name]) => name)
    .join(' ');
}

function eventSchema(type: Fact['type']): Schema {
  const fields = fieldsOf(type);
  const properties = fields.map(([name, field]) => [name, shapeSchema(shapeOf(field))]);
  const required = fields.filter(([, field]) => !isOptional(field)).map(([name]) => name);
  return {
    type: 'object',
    properties: {
      type: { const: type },
      ...Object.fromEntries(properties),
      seq: count,
      timeNs: count,
      span: whole,
      cause: count,
    },
    required: ['type', ...required, 'seq', 'timeNs'],
    additionalProperties: false,
  };
}

function shapeSchema(shape: Shape): Schema {
  switch (shape) {
    case 'whole':
      return whole;
    case 'text':
      return text;
    case 'truth':
      return { type: 'boolean' };
    case 'wholes':
      return { type: 'array', items: whole };
    case 'texts':
      return { type: 'array', items: text };
    case 'exit status':
      return {
        oneOf: [
          { type: 'object', properties: { code: whole }, required: ['code'], additionalProperties: false },
          {
            type: 'object',
            properties: { signal: text, core: { type: 'boolean' } },
            required: ['signal'],
            additionalProperties: false,
          },
        ],
      };
    case 'open file':
      return recordSchema(openFileFields);
    case 'some namespaces':
      return {
        type: 'object',
        properties: Object.fromEntries(namespaceKinds.map((kind) => [kind, whole])),
        additionalProperties: false,
      };
    case 'mount points':
      return { type: 'array', items: recordSchema(mountPointFields) };
    default:
      return { enum: shape };
  }
}

function recordSchema(fields: Readonly<Record<string, Shape>>): Schema {
  const properties = Object.entries(fields).map(([name, shape]) => [name, shapeSchema(shape)]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: Object.keys(fields),
    additionalProperties: false,
  };
}
