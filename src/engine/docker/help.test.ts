import { expect, test } from 'vitest';

import { commands, commandSpelled } from './flags.ts';
import { commandHelp, dockerHelp } from './help.ts';

function helpOf(spelling: string): string {
  const command = commandSpelled(spelling);
  return command === undefined ? '' : commandHelp(command, spelling);
}

test('docker start --help has the layout of the real one', () => {
  expect(helpOf('start')).toBe(`Usage:  docker start [OPTIONS] CONTAINER [CONTAINER...]

Start one or more stopped containers

Aliases:
  docker container start, docker start

Options:
  -a, --attach               Attach STDOUT/STDERR and forward signals
      --detach-keys string   Override the key sequence for detaching a
                             container
  -i, --interactive          Attach container's STDIN
`);
});

test('a text of several lines is wrapped line by line', () => {
  expect(helpOf('run')).toContain(`
      --cgroupns string                  Cgroup namespace to use
                                         (host|private)
                                         'host':    Run the container in
                                         the Docker host's cgroup
                                         namespace
                                         'private': Run the container in
                                         its own private cgroup namespace
                                         '':        Use the cgroup
                                         namespace as configured by the
                                                    default-cgroupns-mode
                                         option on the daemon (default)
`);
});

test('docker --help lists common commands first and ends with where to read on', () => {
  const help = dockerHelp();
  expect(help).toContain('Common Commands:\n  run         Create and run a new container from an image\n');
  expect(help).toContain('Swarm Commands:\n  swarm       Manage Swarm\n\nCommands:\n  attach      ');
  expect(help.endsWith('head to https://docs.docker.com/go/guides/\n')).toBe(true);
});

test('no two commands share a spelling and no two flags of a command share a name or a letter', () => {
  const spellings = commands.flatMap((command) => command.spellings);
  expect(spellings.filter((spelling, at) => spellings.indexOf(spelling) !== at)).toEqual([]);
  for (const command of commands) {
    const names = command.flags.flatMap((flag) => (flag.shorthand === '' ? [flag.name] : [flag.name, flag.shorthand]));
    expect([command.spellings[0], names.filter((name, at) => names.indexOf(name) !== at)]).toEqual([
      command.spellings[0],
      [],
    ]);
  }
});
