/** The command line of containerd. containerd: cmd/containerd/command/main.go; urfave/cli's words. */

import { logLevels } from '../log.ts';
import type { LogLevel } from '../log.ts';

/** What is done with the words after the program's name. */
export type ContainerdUsage =
  | {
      readonly type: 'serve';
      readonly config: string | undefined;
      readonly level: LogLevel;
      readonly unheeded: readonly string[];
    }
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  /** Told with the help, or by itself. */
  | { readonly type: 'refusal' | 'error'; readonly words: string };

const long: Readonly<Record<string, string>> = {
  c: 'config',
  l: 'log-level',
  a: 'address',
  h: 'help',
  v: 'version',
};
const valued: ReadonlySet<string> = new Set(['config', 'log-level', 'address', 'root', 'state']);

/** Flags have one dash or two, and their value after a blank or `=`; what follows the first other word is not read. */
export function readContainerdFlags(words: readonly string[]): ContainerdUsage {
  const values = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const [, typed, given] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(words[index] ?? '') ?? [];
    if (typed === undefined) break;
    const name = long[typed] ?? typed;
    if (name === 'help') return { type: 'help' };
    if (name === 'version') return { type: 'version' };
    if (!valued.has(name)) return { type: 'refusal', words: `flag provided but not defined: -${typed}` };
    const value = given ?? words[(index += 1)];
    if (value === undefined) return { type: 'refusal', words: `flag needs an argument: -${typed}` };
    values.set(name, value);
  }
  const unheeded = [...values.keys()].filter((name) => name !== 'config' && name !== 'log-level');
  const config = values.get('config');
  const level = logLevels.find((one) => one === (values.get('log-level') ?? 'info'));
  if (level === undefined) return { type: 'error', words: `not a valid logrus Level: "${values.get('log-level')}"` };
  return { type: 'serve', config, level, unheeded: unheeded.map((name) => `--${name}`) };
}

/** What `containerd --help` says. */
export const containerdHelp = `NAME:
   containerd - 
                    __        _                     __
  _________  ____  / /_____ _(_)___  ___  _________/ /
 / ___/ __ \\/ __ \\/ __/ __ \`/ / __ \\/ _ \\/ ___/ __  /
/ /__/ /_/ / / / / /_/ /_/ / / / / /  __/ /  / /_/ /
\\___/\\____/_/ /_/\\__/\\__,_/_/_/ /_/\\___/_/   \\__,_/

high performance container runtime


USAGE:
   containerd [global options] command [command options] [arguments...]

VERSION:
   1.7.24~ds1

DESCRIPTION:
   
containerd is a high performance container runtime whose daemon can be started
by using this command. If none of the *config*, *publish*, *oci-hook*, or *help* commands
are specified, the default action of the **containerd** command is to start the
containerd daemon in the foreground.


A default configuration is used if no TOML configuration is specified or located
at the default file location. The *containerd config* command can be used to
generate the default configuration for containerd. The output of that command
can be used and modified as necessary as a custom configuration.

COMMANDS:
   config    Information on the containerd config
   publish   Binary to publish events to containerd
   oci-hook  Provides a base for OCI runtime hooks to allow arguments to be injected.
   help, h   Shows a list of commands or help for one command

GLOBAL OPTIONS:
   --config value, -c value     Path to the configuration file (default: "/etc/containerd/config.toml")
   --log-level value, -l value  Set the logging level [trace, debug, info, warn, error, fatal, panic]
   --address value, -a value    Address for containerd's GRPC server
   --root value                 containerd root directory
   --state value                containerd state directory
   --help, -h                   show help
   --version, -v                print the version
`;
