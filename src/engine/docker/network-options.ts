/** The networks that `docker run` and `docker create` are given. docker: cli/command/container, parseNetworkOpts(). */
import { listFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';

/** `--network` and its old name, as they were typed. */
export function networksOf(flags: ParsedFlags): readonly string[] {
  return [...listFlag(flags, 'network'), ...listFlag(flags, 'net')];
}

/** What the client refuses of them: each in turn, then all of them together. */
export function checkNetworks(flags: ParsedFlags): string | undefined {
  const given = networksOf(flags).map(nameOf);
  const networks = given.length === 0 ? ['default'] : given;
  const refused = networks
    .map((name, at) => checkNetwork(name, networks.indexOf(name) < at, at === 0 ? flags : undefined))
    .find((words) => words !== undefined);
  if (refused !== undefined) return refused;
  if (new Set(networks.map(isUserDefined)).size < 2) return undefined;
  return 'conflicting options: cannot attach both user-defined and non-user-defined network-modes';
}

/** @param flags undefined but for the first network: `--network-alias` and `--link` are about that one alone. */
function checkNetwork(name: string, isRepeated: boolean, flags: ParsedFlags | undefined): string | undefined {
  if (name.trim() === '') return 'no name set for network';
  const given = (...names: string[]): boolean =>
    flags !== undefined && names.some((flag) => listFlag(flags, flag).length > 0);
  if (!isUserDefined(name)) {
    if (given('network-alias', 'net-alias'))
      return 'network-scoped aliases are only supported for user-defined networks';
    if (name !== 'default' && given('link')) return 'links are only supported for user-defined networks';
  }
  return isRepeated ? `network "${name}" is specified multiple times` : undefined;
}

/** `NETWORK` or `name=NETWORK,…`. */
function nameOf(text: string): string {
  return text.includes('=') ? (/(?:^|,)name=([^,]*)/.exec(text)?.[1] ?? '') : text;
}

function isUserDefined(name: string): boolean {
  return !/^(?:default|bridge|host|none|container:.*)$/s.test(name);
}
