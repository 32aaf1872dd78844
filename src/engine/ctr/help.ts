/** What `ctr --help`, `ctr GROUP --help` and `ctr GROUP COMMAND --help` say. As a real ctr 1.7.24 printed them. */
import { grpcSocket } from '../containerd/shim-binary.ts';
import { flagRows, tabulateBlocks } from '../urfave.ts';
import type { Flag } from '../urfave.ts';
import { commands } from './commands.ts';
import type { CtrCommand } from './commands.ts';
import { groups } from './groups.ts';

export const helpFlag: Flag = ['help h', 'switch', 'show help'];

export const globalFlags: readonly Flag[] = [
  ['debug', 'switch', 'Enable debug output in logs'],
  ['address a', 'text', `Address for containerd's GRPC server (default: "${grpcSocket}") [$CONTAINERD_ADDRESS]`],
  ['timeout', 'duration', 'Total timeout for ctr commands (default: 0s)'],
  ['connect-timeout', 'duration', 'Timeout for connecting to containerd (default: 0s)'],
  ['namespace n', 'text', 'Namespace to use with commands (default: "default") [$CONTAINERD_NAMESPACE]'],
  helpFlag,
  ['version v', 'switch', 'print the version'],
];

const aboutCtr = `NAME:
   ctr - 
        __
  _____/ /______
 / ___/ __/ ___/
/ /__/ /_/ /
\\___/\\__/_/

containerd CLI


USAGE:
   ctr [global options] command [command options] [arguments...]

VERSION:
   1.7.24~ds1

DESCRIPTION:
   
ctr is an unsupported debug and administrative client for interacting
with the containerd daemon. Because it is unsupported, the commands,
options, and operations are not guaranteed to be backward compatible or
stable from release to release of the containerd project.

COMMANDS:
   plugins, plugin            Provides information about containerd plugins
   version                    Print the client and server versions
   containers, c, container   Manage containers
   content                    Manage content
   events, event              Display containerd events
   images, image, i           Manage images
   leases                     Manage leases
   namespaces, namespace, ns  Manage namespaces
   pprof                      Provide golang pprof outputs for containerd
   run                        Run a container
   snapshots, snapshot        Manage snapshots
   tasks, t, task             Manage tasks
   install                    Install a new package
   oci                        OCI tools
   sandboxes, sandbox, sb, s  Manage sandboxes
   info                       Print the server info
   deprecations               
   shim                       Interact with a shim directly
   help, h                    Shows a list of commands or help for one command

`;

/** Of `topic`: ctr itself, ''; a group; or a command, by its whole name. */
export function helpOf(topic: string): string {
  const command = commands[topic];
  if (command !== undefined) return commandHelp(topic, command);
  const group = groups[topic];
  if (group === undefined) return `${aboutCtr}GLOBAL OPTIONS:\n${optionLines(globalFlags)}`;
  return groupHelp(topic, 'command [command options]', '', `OPTIONS:\n${optionLines([...group.flags, helpFlag])}   \n`);
}

/** The same of a group to which the word `help` was said: urfave/cli takes the group for a program. */
export function helpInGroup(group: string): string {
  const version = 'VERSION:\n   1.7.24~ds1\n\n';
  return groupHelp(
    group,
    '[global options] command [command options]',
    version,
    `GLOBAL OPTIONS:\n${optionLines([...(groups[group]?.flags ?? []), helpFlag])}`,
  );
}

/** The same of a group that was named behind `ctr help`, which takes it for a command. */
export function helpAboutGroup(group: string): string {
  return `NAME:\n   ctr ${group} - ${groups[group]?.about}\n\nUSAGE:\n   ctr ${group} [arguments...]\n`;
}

function groupHelp(group: string, words: string, version: string, options: string): string {
  return (
    `NAME:\n   ctr ${group} - ${groups[group]?.about}\n\nUSAGE:\n   ctr ${group} ${words} [arguments...]\n\n${version}` +
    `COMMANDS:\n${groups[group]?.commands}\n${options}`
  );
}

function commandHelp(name: string, { usage, words, description, flags }: CtrCommand): string {
  const options = flags.length > 0 ? ' [command options]' : '';
  return [
    `NAME:\n   ctr ${name} - ${usage}\n`,
    `USAGE:\n   ctr ${name}${options} ${words}\n`,
    ...(description === undefined ? [] : [`DESCRIPTION:\n   ${description}\n`]),
    ...(flags.length > 0 ? [`OPTIONS:\n${optionLines(flags)}   \n`] : []),
  ].join('\n');
}

function optionLines(flags: readonly Flag[]): string {
  return tabulateBlocks(flagRows(flags).map((row) => `   ${row}`));
}
