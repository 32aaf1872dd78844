/**
 * What `--blkio-weight-device` and `--device-read-bps` with its kin refuse. docker: opts/weightdevice.go,
 * throttledevice.go.
 */
import { parseBytes } from './size.ts';

/** `/dev/sda:500`. What is wrong with it, or undefined. docker: ValidateWeightDevice(). */
export function checkDeviceWeight(text: string): string | undefined {
  return checkDeviceNumber(text, isWeight, `invalid weight for device: ${text}`);
}

/** `/dev/sda:1mb`. docker: ValidateThrottleBpsDevice(). */
export function checkDeviceBytes(text: string): string | undefined {
  const words =
    `invalid rate for device: ${text}. The correct format is <device-path>:<number>[<unit>]. ` +
    'Number must be a positive integer. Unit is optional and can be kb, mb, or gb';
  return checkDeviceNumber(text, (rate) => (parseBytes(rate) ?? -1) >= 0, words);
}

/** `/dev/sda:1000`. docker: ValidateThrottleIOpsDevice(). */
export function checkDeviceOperations(text: string): string | undefined {
  const words =
    `invalid rate for device: ${text}. The correct format is <device-path>:<number>. ` +
    'Number must be a positive integer';
  return checkDeviceNumber(text, (rate) => /^\d+$/.test(rate) && BigInt(rate) < 2n ** 64n, words);
}

function checkDeviceNumber(text: string, isRight: (number: string) => boolean, wrong: string): string | undefined {
  const [, path = '', number] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  if (path === '' || number === undefined) return `bad format: ${text}`;
  if (!path.startsWith('/dev/')) return `bad format for device path: ${text}`;
  return isRight(number) ? undefined : wrong;
}

/** 0 takes a weight back. */
function isWeight(text: string): boolean {
  const weight = Number(text);
  return /^\d+$/.test(text) && (weight === 0 || (weight >= 10 && weight <= 1000));
}
