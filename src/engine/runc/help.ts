/** runc's help, laid out as urfave/cli v1 does. */
import { flagRows, tabulateBlocks } from '../urfave.ts';
import { commands } from './commands.ts';
import { aboutRunc, globalFlags, listedCommands, versionText } from './global-help.ts';

/** What `runc --help` prints. */
export function globalHelp(): string {
  const listed = [...listedCommands, ['help, h', 'Shows a list of commands or help for one command'] as const];
  const flags = [...flagRows(globalFlags), '--help, -h\tshow help', '--version, -v\tprint the version'];
  return [
    `NAME:\n   runc - Open Container Initiative runtime\n\n${aboutRunc}\n`,
    'USAGE:\n   runc [global options] command [command options] [arguments...]\n',
    `VERSION:\n   ${versionText}`,
    `COMMANDS:\n${tabulateBlocks(listed.map((row) => `   ${row.join('\t')}`))}`,
    `GLOBAL OPTIONS:\n${tabulateBlocks(flags.map((row) => `   ${row}`))}`,
  ].join('\n');
}

/** What `runc COMMAND --help` prints. */
export function commandHelp(name: string): string {
  const command = commands[name];
  if (command === undefined) throw new Error(`no runc command ${name}`);
  const options = command.flags.length > 0 ? ' [command options]' : '';
  const flags = tabulateBlocks(flagRows(command.flags).map((row) => `   ${row}`));
  const parts = [
    `NAME:\n   runc ${name} - ${command.usage}\n`,
    `USAGE:\n   runc ${name}${options} ${command.arguments}\n`,
    ...(command.description === '' ? [] : [`DESCRIPTION:\n   ${command.description}\n`]),
    ...(flags === '' ? [] : [`OPTIONS:\n${flags}   \n`]),
  ];
  return parts.join('\n');
}
