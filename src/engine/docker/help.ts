import { typeWord } from './command.ts';
import type { Command, CommandGroup, Flag } from './command.ts';
import { flagUsages } from './flag-usages.ts';
import { commandGroups, commands, displayedSpelling, globalFlags, parentOf } from './flags.ts';

/** The width that docker assumes when its input is not a terminal. */
export const defaultHelpWidth = 80;

/** `docker --help`. `width` is that of the terminal, in columns. */
export function dockerHelp(width: number = defaultHelpWidth): string {
  const managing = listing(groupRows('Management Commands'), 11);
  // A node outside a swarm shows of swarm mode only the command that would make it one.
  const swarm = listing(
    groupRows('Swarm Commands').filter(([name]) => name === 'swarm'),
    11,
  );
  const others = topLevelRows().filter(([name]) => !commonCommands.includes(name));
  return [
    'Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n',
    `Common Commands:\n${listing(
      topLevelRows().filter(([name]) => commonCommands.includes(name)),
      11,
    )}`,
    `Management Commands:\n${managing}`,
    `Swarm Commands:\n${swarm}`,
    `Commands:\n${listing(others, 11)}`,
    `Global Options:\n${flagUsages(rowsOf(globalFlags), width)}`,
    "Run 'docker COMMAND --help' for more information on a command.\n",
    'For more help on how to use Docker, head to https://docs.docker.com/go/guides/\n',
  ].join('\n');
}

/** `docker container --help`; for who mistook a command's name with those, too, that are hidden outside a swarm. */
export function groupHelp(group: CommandGroup, isWhole = false): string {
  const nested = commandGroups
    .filter((other) => parentOf(other.name) === group.name)
    .map((other) => [lastWord(other.name), other.summary] as const);
  const own = commandsUnder(group.name, isWhole);
  const padding = Math.max(11, ...own.map(([name]) => name.length));
  const management = nested.length === 0 ? '' : `\nManagement Commands:\n${listing(nested, padding)}`;
  return (
    `Usage:  docker ${group.name} COMMAND\n\n${group.summary}\n${management}` +
    `\nCommands:\n${listing(own, padding)}` +
    `\nRun 'docker ${group.name} COMMAND --help' for more information on a command.\n`
  );
}

/** `docker run --help`, for the spelling that was typed. */
export function commandHelp(command: Command, spelling: string, width: number = defaultHelpWidth): string {
  const shown = command.flags.filter((flag) => !flag.hidden);
  const aliases = command.spellings.map((other) => `docker ${other}`).join(', ');
  return (
    `Usage:  ${usageLine(command, spelling)}\n\n${command.long === '' ? command.summary : command.long}\n` +
    (command.spellings.length > 1 ? `\nAliases:\n  ${aliases}\n` : '') +
    (command.example === undefined ? '' : `\nExamples:\n\n${command.example}\n`) +
    (shown.length > 0 ? `\nOptions:\n${flagUsages(rowsOf(shown), width)}` : '')
  );
}

/** `docker run [OPTIONS] IMAGE [COMMAND] [ARG...]`. */
export function usageLine(command: Command, spelling: string): string {
  const name = displayedSpelling(command, spelling);
  return command.usage === '' ? `docker ${name}` : `docker ${name} ${command.usage}`;
}

const commonCommands: readonly string[] = [
  'run',
  'exec',
  'ps',
  'build',
  'pull',
  'push',
  'images',
  'login',
  'logout',
  'search',
  'version',
  'info',
];

type Row = readonly [name: string, summary: string];

/** What help does not list, because the node is in no swarm. */
const swarmOnly: ReadonlySet<string> = new Set([
  'swarm ca',
  'swarm join-token',
  'swarm leave',
  'swarm unlock',
  'swarm unlock-key',
  'swarm update',
  'volume update',
]);

/** The commands spelled with one word, common ones first in docker's order, then by name. */
export function topLevelRows(): readonly Row[] {
  const rows = commandsUnder('');
  const common = commonCommands.flatMap((name) => rows.filter(([other]) => other === name));
  return [...common, ...rows.filter(([name]) => !commonCommands.includes(name))];
}

/** The commands of a group, by the names that help shows; '' is `docker` itself. */
export function commandsUnder(group: string, isWhole = false): readonly Row[] {
  const rows: Row[] = [];
  for (const command of commands) {
    const spelling = command.spellings.find((other) => parentOf(other) === group);
    if (spelling !== undefined && (isWhole || !swarmOnly.has(spelling)))
      rows.push([lastWord(spelling), command.summary]);
  }
  return rows.sort(byName);
}

function groupRows(section: CommandGroup['section']): readonly Row[] {
  const groups = commandGroups.filter((group) => group.section === section && parentOf(group.name) === '');
  return groups.map((group) => [group.name, group.summary]);
}

function byName([left]: Row, [right]: Row): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function lastWord(spelling: string): string {
  return spelling.split(' ').at(-1) ?? '';
}

function listing(rows: readonly Row[], padding: number): string {
  return rows.map(([name, summary]) => `  ${name.padEnd(padding)} ${summary}\n`).join('');
}

function rowsOf(flags: readonly Flag[]): readonly (readonly [left: string, right: string])[] {
  const sorted = flags.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  return sorted.map((flag) => {
    const word = typeWord(flag.kind);
    const letter = flag.shorthand === '' ? '    ' : `-${flag.shorthand}, `;
    const ending = flag.printedDefault === '' ? '' : ` (default ${flag.printedDefault})`;
    return [`  ${letter}--${flag.name}${word === '' ? '' : ` ${word}`}`, flag.description + ending];
  });
}
