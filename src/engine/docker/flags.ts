import { flag } from './command.ts';
import type { Command, CommandGroup, Flag } from './command.ts';
import { containerFileCommands } from './flags-container-files.ts';
import { containerCommands } from './flags-container.ts';
import { imageCommands } from './flags-image.ts';
import { networkCommands } from './flags-network.ts';
import { runCommands } from './flags-run.ts';
import { swarmCommands } from './flags-swarm.ts';
import { systemCommands } from './flags-system.ts';

/**
 * Every command of docker 26.1's CLI with its flags. Parser, `--help`, completion and "did you mean" read this one
 * table.
 *
 * Left out on purpose: what needs a daemon with experimental features (`docker checkpoint`).
 */
export const commands: readonly Command[] = [
  ...runCommands,
  ...containerCommands,
  ...containerFileCommands,
  ...imageCommands,
  ...networkCommands,
  ...systemCommands,
  ...swarmCommands,
];

/** The groups of commands, in the order of `docker --help`. */
export const commandGroups: readonly CommandGroup[] = [
  { name: 'builder', summary: 'Manage builds', section: 'Management Commands' },
  { name: 'container', summary: 'Manage containers', section: 'Management Commands' },
  { name: 'context', summary: 'Manage contexts', section: 'Management Commands' },
  { name: 'image', summary: 'Manage images', section: 'Management Commands' },
  {
    name: 'manifest',
    summary: 'Manage Docker image manifests and manifest lists',
    section: 'Management Commands',
  },
  { name: 'network', summary: 'Manage networks', section: 'Management Commands' },
  { name: 'plugin', summary: 'Manage plugins', section: 'Management Commands' },
  { name: 'system', summary: 'Manage Docker', section: 'Management Commands' },
  { name: 'trust', summary: 'Manage trust on Docker images', section: 'Management Commands' },
  { name: 'trust key', summary: 'Manage keys for signing Docker images', section: 'Management Commands' },
  { name: 'trust signer', summary: 'Manage entities who can sign Docker images', section: 'Management Commands' },
  { name: 'volume', summary: 'Manage volumes', section: 'Management Commands' },
  { name: 'config', summary: 'Manage Swarm configs', section: 'Swarm Commands' },
  { name: 'node', summary: 'Manage Swarm nodes', section: 'Swarm Commands' },
  { name: 'secret', summary: 'Manage Swarm secrets', section: 'Swarm Commands' },
  { name: 'service', summary: 'Manage Swarm services', section: 'Swarm Commands' },
  { name: 'stack', summary: 'Manage Swarm stacks', section: 'Swarm Commands' },
  { name: 'swarm', summary: 'Manage Swarm', section: 'Swarm Commands' },
];

/** The flags of `docker` itself, before the command. */
export const globalFlags: readonly Flag[] = [
  flag('config', 'string', 'Location of client config files', 'harmless', { printedDefault: '"/root/.docker"' }),
  flag(
    'c context',
    'string',
    'Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with ' +
      '"docker context use")',
    'modelled',
  ),
  flag('D debug', 'bool', 'Enable debug mode', 'harmless'),
  flag('H host', 'list', 'Daemon socket to connect to', 'modelled'),
  flag('l log-level', 'string', 'Set the logging level ("debug", "info", "warn", "error", "fatal")', 'harmless', {
    printedDefault: '"info"',
  }),
  flag('tls', 'bool', 'Use TLS; implied by --tlsverify'),
  flag('tlscacert', 'string', 'Trust certs signed only by this CA', 'refused', {
    printedDefault: '"/root/.docker/ca.pem"',
  }),
  flag('tlscert', 'string', 'Path to TLS certificate file', 'refused', { printedDefault: '"/root/.docker/cert.pem"' }),
  flag('tlskey', 'string', 'Path to TLS key file', 'refused', { printedDefault: '"/root/.docker/key.pem"' }),
  flag('tlsverify', 'bool', 'Use TLS and verify the remote'),
  flag('v version', 'bool', 'Print version information and quit', 'modelled'),
];

/** The flag that every command has; its letter is an old spelling, free for other use (`docker run -h NAME`). */
export const helpFlag: Flag = flag('help', 'bool', 'Print usage', 'modelled', { hidden: true });

/** The command of this spelling (`ps`, `container ls`), or undefined. */
export function commandSpelled(spelling: string): Command | undefined {
  return commands.find((command) => command.spellings.includes(spelling));
}

/** The group of this name, or undefined. */
export function groupNamed(name: string): CommandGroup | undefined {
  return commandGroups.find((group) => group.name === name);
}

/** The name that the CLI itself uses for what was typed: `container list` is `container ls`, but `ps` stays `ps`. */
export function displayedSpelling(command: Command, spelling: string): string {
  const parent = parentOf(spelling);
  return command.spellings.find((other) => parentOf(other) === parent) ?? spelling;
}

/** What stands before the last word: `container` of `container ls`, '' of `ps`. */
export function parentOf(spelling: string): string {
  return spelling.split(' ').slice(0, -1).join(' ');
}
