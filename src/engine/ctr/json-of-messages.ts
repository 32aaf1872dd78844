/**
 * containerd's messages as ctr prints them in JSON: fields of protobuf that have their default are left out, and what
 * stands in an Any is bytes. As a real 1.7.24 printed them.
 */
import { utf8 } from '../../kernel/bytes.ts';
import { encodeBase64 } from '../../programs/base64.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import type { Any, RuncOptions } from '../wire/containerd-api.ts';

/** An event's line. */
export function jsonOfEvent(event: object): string {
  const labels = 'labels' in event ? event.labels : undefined;
  return JSON.stringify(event, function member(this: unknown, key, value: unknown) {
    // What a map has is no field.
    if (this === labels) return value;
    if (key === 'exited_at') return protobufTime(String(value));
    if (key === 'options') return encodedOptions(value as Any<RuncOptions>);
    return value === '' || value === 0 || value === false ? undefined : value;
  });
}

function protobufTime(text: string): { readonly seconds: number; readonly nanos: number } | undefined {
  const time = parseRfc3339(text);
  return time === null ? undefined : { seconds: time.seconds, nanos: time.ns };
}

/** containerd: runtime/v2/runc/options/oci.proto, for the numbers of the fields. */
export function encodedOptions({ type_url, value }: Any<RuncOptions>): { type_url: string; value: string } {
  const { binary_name, root, systemd_cgroup } = value;
  const bytes = `${textField(6, binary_name)}${textField(7, root)}${systemd_cgroup ? '\x48\x01' : ''}`;
  return { type_url, value: encodeBase64(bytes) };
}

/** Its number and type, its length, itself. Texts here are shorter than 128 bytes: the length is one. */
function textField(number: number, text: string): string {
  const bytes = utf8(text);
  return bytes === '' ? '' : `${String.fromCharCode((number << 3) | 2, bytes.length)}${bytes}`;
}
