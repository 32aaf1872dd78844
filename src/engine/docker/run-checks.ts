import { checkDevice } from './device-option.ts';
import { sectionsOf } from './mount-settings.ts';
import { checkNetworks } from './network-options.ts';
import { boolFlag, isSet, listFlag, numberFlag, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';
import { checkPublish, parsePortRange } from './ports.ts';

/**
 * What the client itself refuses in the options of `docker run` and `docker create`, before it asks the engine.
 *
 * docker: cli/command/container, parse(), in its order.
 *
 * @returns the error's words without `docker: `, or undefined.
 */
export function checkRunOptions(flags: ParsedFlags): string | undefined {
  return firstOf(flags, [
    checkMacAddress,
    checkSwappiness,
    checkVolumes,
    (set) => listFlag(set, 'publish').map(checkPublish).find(isText),
    (set) => listFlag(set, 'expose').map(checkExpose).find(isText),
    checkDevices,
    checkNamespaces,
    checkRestart,
    checkSecurity,
    checkStorage,
    checkLogging,
    checkHealth,
    checkRemoval,
    checkNetworks,
  ]);
}

type Check = (flags: ParsedFlags) => string | undefined;

function firstOf(flags: ParsedFlags, checks: readonly Check[]): string | undefined {
  for (const check of checks) {
    const words = check(flags);
    if (words !== undefined) return words;
  }
  return undefined;
}

function isText(words: string | undefined): words is string {
  return words !== undefined;
}

/** docker: validatePullOpt(), before everything else. */
export function checkPull(flags: ParsedFlags): string | undefined {
  const pull = stringFlag(flags, 'pull');
  if (['', 'always', 'missing', 'never'].includes(pull)) return undefined;
  return `invalid pull option: '${pull}': must be one of "always", "missing" or "never"`;
}

function checkMacAddress(flags: ParsedFlags): string | undefined {
  const address = stringFlag(flags, 'mac-address');
  const isValid = /^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/.test(address);
  return address === '' || isValid ? undefined : `${address} is not a valid mac address`;
}

function checkSwappiness(flags: ParsedFlags): string | undefined {
  const swappiness = numberFlag(flags, 'memory-swappiness');
  if (swappiness >= -1 && swappiness <= 100) return undefined;
  return `invalid value: ${swappiness}. Valid memory swappiness range is 0-100`;
}

function checkVolumes(flags: ParsedFlags): string | undefined {
  if (listFlag(flags, 'volume').includes('')) return 'invalid empty volume spec';
  const volume = listFlag(flags, 'volume').find((spec) => sectionsOf(spec).includes(''));
  if (volume !== undefined) return `invalid spec: ${volume}: empty section between colons`;
  const long = listFlag(flags, 'volume').find((spec) => sectionsOf(spec).length > 3);
  return long === undefined ? undefined : `invalid spec: ${long}: too many colons`;
}

function checkExpose(spec: string): string | undefined {
  if (spec.includes(':')) return `invalid port format for --expose: ${spec}`;
  const range = parsePortRange(spec.split('/')[0] ?? '');
  return 'error' in range ? `invalid range format for --expose: ${spec}, error: ${range.error}` : undefined;
}

function checkDevices(flags: ParsedFlags): string | undefined {
  return listFlag(flags, 'device').map(checkDevice).find(isText);
}

/** docker: parseSecurityOpts(). */
function checkSecurity(flags: ParsedFlags): string | undefined {
  const option = listFlag(flags, 'security-opt').find((spec) => !/[=:]./.test(spec) && spec !== 'no-new-privileges');
  return option === undefined ? undefined : `Invalid --security-opt: "${option}"`;
}

function checkNamespaces(flags: ParsedFlags): string | undefined {
  if (!/^(|host|container:.+)$/.test(stringFlag(flags, 'pid'))) return '--pid: invalid PID mode';
  if (!/^(|host)$/.test(stringFlag(flags, 'uts'))) return '--uts: invalid UTS mode';
  if (!/^(|host)$/.test(stringFlag(flags, 'userns'))) return '--userns: invalid USER mode';
  if (!/^(|private|host)$/.test(stringFlag(flags, 'cgroupns'))) return '--cgroupns: invalid CGROUP mode';
  return undefined;
}

/** docker: opts.ParseRestartPolicy(). */
export function checkRestart(flags: ParsedFlags): string | undefined {
  const [policy = '', count] = stringFlag(flags, 'restart').split(/:(.*)/s);
  if (count === undefined) return undefined;
  if (policy === '') return 'invalid restart policy format: no policy provided before colon';
  if (/^(?:|[+-]?\d+)$/.test(count)) return undefined;
  return 'invalid restart policy format: maximum retry count must be an integer';
}

/** docker: parseLoggingOpts(). */
function checkLogging(flags: ParsedFlags): string | undefined {
  const hasOptions = listFlag(flags, 'log-opt').length > 0;
  return hasOptions && stringFlag(flags, 'log-driver') === 'none' ? 'invalid logging opts for driver none' : undefined;
}

function checkStorage(flags: ParsedFlags): string | undefined {
  return listFlag(flags, 'storage-opt').every((option) => option.includes('=')) ? undefined : 'invalid storage option';
}

function checkHealth(flags: ParsedFlags): string | undefined {
  const times = ['health-interval', 'health-timeout', 'health-start-period', 'health-start-interval'];
  const numbers = [
    'health-interval',
    'health-timeout',
    'health-retries',
    'health-start-period',
    'health-start-interval',
  ];
  const hasSettings = stringFlag(flags, 'health-cmd') !== '' || numbers.some((name) => numberFlag(flags, name) !== 0);
  if (boolFlag(flags, 'no-healthcheck')) {
    return hasSettings ? '--no-healthcheck conflicts with --health-* options' : undefined;
  }
  const negative = [...times, 'health-retries'].find((name) => numberFlag(flags, name) < 0);
  return negative === undefined ? undefined : `--${negative} cannot be negative`;
}

function checkRemoval(flags: ParsedFlags): string | undefined {
  const policy = stringFlag(flags, 'restart').split(':')[0] ?? '';
  const restarts = isSet(flags, 'restart') && policy !== 'no' && policy !== '';
  return boolFlag(flags, 'rm') && restarts ? 'Conflicting options: --restart and --rm' : undefined;
}
