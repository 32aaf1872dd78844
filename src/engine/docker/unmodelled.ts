import type { Flag } from './command.ts';
import { networksOf } from './network-options.ts';
import { defaultValue } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';

/** Lines about the flags of a command line that the simulator does not model, each with its newline. */
export interface UnmodelledFlags {
  /** The command goes on without these: the container lives and dies the same. */
  readonly notes: readonly string[];
  /** The command cannot go on without these. */
  readonly refused: readonly string[];
}

/** Sorts the flags that the user set to something other than their default and that the simulator does not model. */
export function unmodelledFlags(flags: readonly Flag[], parsed: readonly ParsedFlags[]): UnmodelledFlags {
  const notes: string[] = [];
  const refused: string[] = [];
  for (const set of parsed) {
    refused.push(...networksRefused(set));
    for (const [name, typed] of set.typed) {
      const flag = flags.find((candidate) => candidate.name === name);
      if (flag === undefined) continue;
      if (flag.support === 'modelled') continue;
      if (set.values.get(name) === defaultValue(flag)) continue;
      const line = `glassdock: ${typed} is not modelled yet\n`;
      (flag.support === 'harmless' ? notes : refused).push(line);
    }
  }
  return { notes, refused };
}

/** A container has one network, given by its name alone. */
function networksRefused(set: ParsedFlags): readonly string[] {
  const networks = networksOf(set);
  if (networks.length > 1) return ['glassdock: more than one network is not modelled yet\n'];
  return networks
    .filter((name) => name.includes('='))
    .map((name) => `glassdock: --network ${name} is not modelled yet\n`);
}
