/** A daemon's version: the file that it was started from may name another one than the modelled engine's. */
import type { Running } from '../kernel/abi.ts';
import { readFileIfAny } from '../programs/io.ts';

/** The upstream part of the Debian version that stands in the running program's own file. */
export function* versionOfExecutable(otherwise: string): Running<string> {
  const content = (yield* readFileIfAny('/proc/self/exe')) ?? '';
  const debian = /^version=(.+)$/m.exec(content)?.[1];
  return debian === undefined ? otherwise : debian.replace(/-[^-]*$/, '');
}
