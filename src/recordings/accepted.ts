/**
 * Where the simulator is known to differ from the recordings, and why: accepted.json has each difference as it stands,
 * so that any other fails. MODEL.md lists the same; an entry that nothing needs fails the comparison.
 */
import acceptances from './accepted.json' with { type: 'json' };
import type { Accepted } from './compare.ts';
import { commandsLeftOut } from './left-out.ts';
import { rulesOfOlderEngine } from './older-engine.ts';

/** The accepted differences for one list of facts. */
export function accepted(source: string, labels: readonly string[], kind: string): readonly Accepted[] {
  return acceptances.flatMap(({ id, reason, where }) =>
    where
      .filter((place) => place.source === source && labels.includes(place.step) && place.kind === kind)
      .map(({ differences }) => ({ id, reason, differences })),
  );
}

/** The lists as MODEL.md has them: Markdown tables. */
export function differencesTable(): string {
  const differences = acceptances.map(({ id, reason, where }) => {
    const places = where.map(({ source, step }) => `\`${source}\`, ${step}`);
    const kinds = where.map(({ kind }) => kind);
    return `| ${id} | ${[...new Set(places)].join('; ')} | ${[...new Set(kinds)].join(', ')} | ${reason} |`;
  });
  const commands = Object.entries(commandsLeftOut).flatMap(([source, labels]) =>
    Object.entries(labels).map(([label, reason]) => `| \`${source}\`, ${label} | ${reason} |`),
  );
  return [
    '| difference | where | in | why |',
    '|---|---|---|---|',
    ...differences,
    '',
    '| recorded command that is not run | because of |',
    '|---|---|',
    ...commands,
    '',
    '| not compared with the older engine | why |',
    '|---|---|',
    ...rulesOfOlderEngine.map(([what, why]) => `| ${what} | ${why} |`),
  ].join('\n');
}
