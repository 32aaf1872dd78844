/** `--gpus`. docker: opts/gpus.go, GpuOpts.Set(). */
import { goQuote } from '../go-text.ts';
import type { DeviceRequest } from '../dockerd/records.ts';
import { readCsvRecord } from './csv-record.ts';

type Read<T> = T | { readonly error: string };

/** Reads `all`, a number, or `key=value,…`. */
export function readGpuRequest(text: string): Read<DeviceRequest> {
  const record = readCsvRecord(text);
  if ('error' in record) return record;
  const request: Record<string, unknown> & { Count: number } = { Driver: '', Count: 0, DeviceIDs: null };
  const seen = new Set<string>();
  for (const field of record.fields) {
    const [key = '', value] = field.split(/=(.*)/s);
    if (seen.has(key)) return { error: `gpu request key '${key}' can be specified only once` };
    seen.add(key);
    if (value === undefined) seen.add('count');
    const set = value === undefined ? countOf(key) : settingOf(key, value, field);
    if ('error' in set) return { error: set.error };
    Object.assign(request, set);
  }
  if (!seen.has('count') && request['DeviceIDs'] === null) request.Count = 1;
  return {
    ...request,
    Capabilities: request['Capabilities'] ?? [['gpu']],
    Options: request['Options'] ?? {},
  } as DeviceRequest;
}

function settingOf(key: string, value: string, field: string): Read<Partial<DeviceRequest>> {
  if (key === 'driver') return { Driver: value };
  if (key === 'count') return countOf(value);
  if (key === 'device') return { DeviceIDs: value.split(',') };
  if (key === 'capabilities') return { Capabilities: [[...value.split(','), 'gpu']] };
  if (key !== 'options') return { error: `unexpected key '${key}' in '${field}'` };
  const record = readCsvRecord(value);
  if ('error' in record) return { error: `failed to read gpu options: ${record.error}` };
  return { Options: Object.fromEntries(record.fields.map((pair) => [...pair.split(/=(.*)/s), ''].slice(0, 2))) };
}

function countOf(text: string): Read<Pick<DeviceRequest, 'Count'>> {
  if (text === 'all') return { Count: -1 };
  if (/^[+-]?\d+$/.test(text)) return { Count: Number(text) };
  return { error: `count must be an integer: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax` };
}
