/** `--health-cmd` and its kin. docker: opts.go, parse(). */
import type { HealthConfig } from '../dockerd/records.ts';
import { boolFlag, numberFlag, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';

/** The check that the flags ask for; nothing when they say nothing. */
export function healthcheck(flags: ParsedFlags): { readonly Healthcheck?: HealthConfig } {
  if (boolFlag(flags, 'no-healthcheck')) return { Healthcheck: { Test: ['NONE'] } };
  const command = stringFlag(flags, 'health-cmd');
  const given: HealthConfig = {
    ...(command === '' ? {} : { Test: ['CMD-SHELL', command] }),
    ...numberOf(flags, 'Interval', 'health-interval'),
    ...numberOf(flags, 'Timeout', 'health-timeout'),
    ...numberOf(flags, 'StartPeriod', 'health-start-period'),
    ...numberOf(flags, 'StartInterval', 'health-start-interval'),
    ...numberOf(flags, 'Retries', 'health-retries'),
  };
  return Object.keys(given).length === 0 ? {} : { Healthcheck: given };
}

function numberOf(flags: ParsedFlags, field: string, name: string): Readonly<Record<string, number>> {
  const value = numberFlag(flags, name);
  return value === 0 ? {} : { [field]: value };
}
