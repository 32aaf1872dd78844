/** `--log-driver` and `--log-opt`. moby: daemon/logger, ValidateLogOpts(); daemon/logger/jsonfilelog. */
import { goQuote } from '../go-text.ts';
import { parseBytes } from '../docker/size.ts';
import { badRequest } from './api-error.ts';
import type { HostConfig } from './records.ts';

/** When a log is put aside, and how many are kept. */
export interface Rotation {
  /** Infinity: never. */
  readonly maxBytes: number;
  readonly maxFiles: number;
  /** Whether those that are put aside are compressed. */
  readonly compresses: boolean;
}

/** Those that the real daemon has beside json-file and none. */
const otherDrivers = ['local', 'syslog', 'journald', 'gelf', 'fluentd', 'awslogs', 'splunk', 'gcplogs'];
const cacheOptions = ['cache-disabled', 'cache-max-size', 'cache-max-file', 'cache-compress'];
const commonOptions = ['mode', 'max-buffer-size', ...cacheOptions];
const jsonFileOptions = ['max-file', 'max-size', 'compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag'];

/** Throws 400 for a driver that is not there and options that it does not have. */
export function checkLogConfig({ Type, Config }: HostConfig['LogConfig']): void {
  if (Type === 'none') return;
  if (otherDrivers.includes(Type)) throw badRequest(`glassdock: --log-driver ${Type} is not modelled yet`);
  if (Type !== 'json-file') throw badRequest(`error looking up logging plugin ${Type}: plugin "${Type}" not found`);
  const { mode = '' } = Config;
  if (!['', 'blocking', 'non-blocking'].includes(mode)) throw badRequest(`logger: logging mode not supported: ${mode}`);
  const buffer = Config['max-buffer-size'];
  if (buffer !== undefined && mode !== 'non-blocking')
    throw badRequest("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  if (buffer !== undefined && parseBytes(buffer) === undefined)
    throw badRequest(`error parsing option max-buffer-size: invalid size: '${buffer}'`);
  const disabled = Config['cache-disabled'] ?? '';
  if (disabled !== '' && !isGoBool(disabled)) throw badRequest(`invalid value for option cache-disabled: ${disabled}`);
  const unknown = Object.keys(Config).find((name) => ![...commonOptions, ...jsonFileOptions].includes(name));
  if (unknown !== undefined) throw badRequest(`unknown log opt '${unknown}' for json-file log driver`);
}

/** `max-size=10k`, `max-file=3`. Throws 400 for what is no size or number, as a start does. */
export function rotationOf(options: Readonly<Record<string, string>>): Rotation {
  const size = options['max-size'];
  const files = options['max-file'];
  if (size !== undefined && bytesOf(size) === undefined) throw badRequest(`invalid size: '${size}'`);
  if (files !== undefined && !/^[+-]?\d+$/.test(files))
    throw badRequest(`strconv.Atoi: parsing ${goQuote(files)}: invalid syntax`);
  if (files !== undefined && Number(files) < 1) throw badRequest('max-file cannot be less than 1');
  const maxBytes = size === undefined ? undefined : bytesOf(size);
  if (maxBytes !== undefined && maxBytes <= 0) throw badRequest('max-size must be a positive number');
  const compresses = isTrue(options['compress'] ?? 'false');
  if (compresses && (Number(files ?? 1) < 2 || size === undefined))
    throw badRequest('compress cannot be true when max-file is less than 2 or max-size is not set');
  return { maxBytes: maxBytes ?? Number.POSITIVE_INFINITY, maxFiles: Number(files ?? 1), compresses };
}

function isTrue(word: string): boolean {
  if (!isGoBool(word)) throw badRequest(`strconv.ParseBool: parsing ${goQuote(word)}: invalid syntax`);
  return /^[1tT]/.test(word);
}

/** Go: strconv.ParseBool(). */
const isGoBool = (text: string): boolean => /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text);

const powers = ['', 'k', 'm', 'g', 't', 'p'];

/** Units of 1000. go-units: FromHumanSize(). */
function bytesOf(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)b?$/i.exec(text) ?? [];
  return amount === '' ? undefined : Math.trunc(Number(amount) * 1000 ** powers.indexOf(unit.toLowerCase()));
}
