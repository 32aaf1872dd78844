/** ExecStart= with its variables. Man page: systemd.service(5), COMMAND LINES; systemd.exec(5), EnvironmentFile=. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { linesOf, readFileIfAny } from '../../programs/io.ts';
import type { ServiceUnit } from './unit.ts';

/** What its EnvironmentFile= sets. */
export function* environmentOf({ environmentFile }: ServiceUnit): Running<Environment> {
  if (environmentFile === '') return {};
  const lines = linesOf((yield* readFileIfAny(environmentFile)) ?? '');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')]];
    }),
  );
}

/** `$NAME` is as many arguments as its value has words; of one that is not set there is none. */
export function expanded(
  words: readonly string[],
  env: Environment,
): { readonly argv: readonly string[]; readonly unset: readonly string[] } {
  const names = words.flatMap((word) => /^\$([A-Za-z_]\w*)$/.exec(word)?.[1] ?? []);
  const argv = words.flatMap((word) => {
    const name = /^\$([A-Za-z_]\w*)$/.exec(word)?.[1];
    return name === undefined ? [word] : (env[name] ?? '').split(/\s+/).filter(Boolean);
  });
  return { argv, unset: names.filter((name) => env[name] === undefined) };
}
