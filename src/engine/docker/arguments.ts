import type { Arity, Command, CommandGroup } from './command.ts';
import { commandGroups, commandSpelled, displayedSpelling, globalFlags, groupNamed, helpFlag } from './flags.ts';
import { commandHelp, defaultHelpWidth, dockerHelp, groupHelp, usageLine } from './help.ts';
import { boolFlag, listFlag, parseFlags, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';
import { parseImageReference } from './reference.ts';
import { checkPull, checkRunOptions } from './run-checks.ts';
import { unmodelledFlags } from './unmodelled.ts';

/** What a `docker` command line comes to, before the engine is asked. */
export type DockerCommandLine = DockerCommand | DockerHelp | DockerError;

/** A command to carry out. */
export interface DockerCommand {
  readonly type: 'run';
  /** The name under its group, however it was typed: `container run`, `image ls`, `version`. */
  readonly command: string;
  /** As the CLI names it in messages: `run`, `container run`. */
  readonly spelling: string;
  readonly flags: ParsedFlags;
  /** The flags before the command (`-H`). */
  readonly globals: ParsedFlags;
  readonly args: readonly string[];
  /** Lines for stderr, each with its newline: what the command goes on without. */
  readonly notes: readonly string[];
}

/** A text to print; the exit code is 0. */
export interface DockerHelp {
  readonly type: 'help';
  readonly text: string;
  readonly to: 'stdout' | 'stderr';
  /** A line for stderr. */
  readonly aside?: string;
}

/** A mistake; `text` goes to stderr and has its newline. */
export interface DockerError {
  readonly type: 'error';
  readonly text: string;
  readonly exitCode: number;
  /** The client has asked for the daemon's version before it found the mistake. */
  readonly asksFirst?: boolean;
}

/** What the client knows of its terminal. */
export interface Terminal {
  readonly inputIsTty: boolean;
  /** Columns, for help texts. */
  readonly width: number;
}

/** `docker --version`. */
export const versionLine = 'Docker version 26.1.5+dfsg1, build a72d7cd\n';

/** sirupsen/logrus: ParseLevel(). */
const logLevels = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'];

/**
 * Reads a `docker` command line.
 *
 * @param argv the words after `docker`.
 */
export function parseDocker(
  argv: readonly string[],
  terminal: Terminal = { inputIsTty: false, width: defaultHelpWidth },
): DockerCommandLine {
  const parsed = parseFlags([...globalFlags, { ...helpFlag, shorthand: 'h' }], argv, false);
  if (parsed.type === 'error') return flagError(parsed.message, 'docker', dockerHelp(terminal.width).trimEnd());
  const globals = parsed.flags;
  if (stringFlag(globals, 'context') !== '' && listFlag(globals, 'host').length > 0)
    return mistake('conflicting options: either specify --host or --context, not both', 1);
  const level = stringFlag(globals, 'log-level');
  if (!logLevels.includes(level.toLowerCase())) return mistake(`Unable to parse logging level: ${level}`, 1);
  const [first, ...rest] = parsed.args;
  if (first === undefined && boolFlag(globals, 'version')) return { type: 'help', text: versionLine, to: 'stdout' };
  if (boolFlag(globals, 'help')) {
    const answer = helpOn(parsed.args, terminal.width);
    const isKnown = answer.type === 'help';
    const help = isKnown ? answer : helpText(dockerHelp(terminal.width));
    return globals.typed.get('help') === '-h' ? { ...help, aside: oldLetter } : help;
  }
  if (first === undefined) return helpText(dockerHelp(terminal.width), 'stderr');
  if (first === 'help') return helpOn(rest, terminal.width);
  const group = groupNamed(first);
  if (group !== undefined) return parseGroup(group, rest, globals, terminal);
  const command = commandSpelled(first);
  if (command === undefined) {
    if (rest.includes('--help') || rest.includes('-h')) return helpText(dockerHelp(terminal.width));
    return mistake(`docker: '${first}' is not a docker command.\nSee 'docker --help'`, 1);
  }
  return parseCommand(command, first, rest, globals, terminal);
}

function parseGroup(
  group: CommandGroup,
  argv: readonly string[],
  globals: ParsedFlags,
  terminal: Terminal,
): DockerCommandLine {
  const at = argv.findIndex((word) => word !== '--help' && word !== '-h');
  const word = argv[at];
  const without = argv.filter((_, index) => index !== at);
  if (word === undefined) {
    const isAlone = argv.length === 0;
    const help = helpText((isAlone ? prefaceOf(group) : '') + groupHelp(group), isAlone ? 'stderr' : 'stdout');
    return argv[0] === '-h' ? warned(help) : help;
  }
  const spelling = `${group.name} ${word}`;
  const inner = groupNamed(spelling);
  if (inner !== undefined) return parseGroup(inner, without, globals, terminal);
  const command = commandSpelled(spelling);
  if (command !== undefined) return parseCommand(command, spelling, without, globals, terminal);
  const parsed = parseFlags([helpFlag], argv, true);
  if (parsed.type === 'error') return flagError(parsed.message, `docker ${group.name}`, groupHelp(group));
  if (boolFlag(parsed.flags, 'help')) return helpText(groupHelp(group));
  return mistake(`${prefaceOf(group)}\n${groupHelp(group, true).trimEnd()}`, 1);
}

/** Without buildx, as here. docker: cmd/docker/builder.go, processBuilder(). */
function prefaceOf({ name }: CommandGroup): string {
  if (name !== 'builder') return '';
  const indent = ' '.repeat(12);
  return (
    'DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n' +
    `${indent}Install the buildx component to build images with BuildKit:\n` +
    `${indent}https://docs.docker.com/go/buildx/\n\n`
  );
}

function parseCommand(
  command: Command,
  typed: string,
  argv: readonly string[],
  globals: ParsedFlags,
  terminal: Terminal,
): DockerCommandLine {
  const spelling = displayedSpelling(command, typed);
  const help = (): DockerHelp => helpText(commandHelp(command, spelling, terminal.width));
  if (command.support === 'name') {
    const wantsHelp = argv.includes('--help') || argv.includes('-h');
    return wantsHelp ? help() : notModelled(`docker ${spelling}`);
  }
  const hasOwnHelp = command.flags.some((flag) => flag.name === 'help');
  const letter = command.flags.some((flag) => flag.shorthand === 'h') ? '' : 'h';
  const flags = hasOwnHelp ? command.flags : [...command.flags, { ...helpFlag, shorthand: letter }];
  const parsed = parseFlags(flags, argv, command.interspersed);
  const asksFirst = isOfLaterApi(command);
  if (parsed.type === 'error') return { ...flagError(parsed.message, `docker ${spelling}`, ''), asksFirst };
  const foreign = foreignFlags(command, parsed.flags);
  if (foreign !== '') return { ...mistake(foreign, 1), asksFirst };
  if (boolFlag(parsed.flags, 'help')) {
    return parsed.flags.typed.get('help') === '-h' ? warned(help()) : help();
  }
  const arity = arityError(command.arity, parsed.args.length);
  if (arity !== undefined) {
    const usage = `Usage:  ${usageLine(command, spelling)}\n\n${command.summary}`;
    const words = `"docker ${spelling}" ${arity}\nSee 'docker ${spelling} --help'.\n\n${usage}`;
    return { ...mistake(words, 1), asksFirst: isLaterCommand(command) };
  }
  const refusal = clientRefusal(command, parsed.flags, parsed.args, terminal);
  if (refusal !== undefined) return { asksFirst: createsContainer(command.spellings[0] ?? ''), ...refusal };
  if (command.support === 'parsed') return notModelled(`docker ${spelling}`);
  const { notes, refused } = unmodelledFlags([...command.flags, ...globalFlags], [parsed.flags, globals]);
  if (refused.length > 0)
    return { type: 'error', text: [...notes, ...refused].join(''), exitCode: 125, asksFirst: true };
  const name = command.spellings[0] ?? spelling;
  return { type: 'run', command: name, spelling, flags: parsed.flags, globals, args: parsed.args, notes };
}

export const createsContainer = (command: string): boolean => /^container (?:run|create)$/.test(command);

/** Words about flags that only another system's daemon has, '' without such. docker: areFlagsSupported(). */
function foreignFlags({ flags }: Command, { typed }: ParsedFlags): string {
  return flags
    .filter(({ name, ofWindows }) => ofWindows && typed.has(name))
    .map(
      ({ name }) =>
        `"--${name}" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux`,
    )
    .join('\n');
}

/** Commands that older daemons do not have. docker: the annotation `version`. */
function isLaterCommand({ spellings: [name = ''] }: Command): boolean {
  return name.startsWith('volume ') || name === 'container prune';
}

/** Commands with such flags: their mistakes are told in the light of what the daemon has. */
function isOfLaterApi(command: Command): boolean {
  const [name = ''] = command.spellings;
  return isLaterCommand(command) || /^(?:container (?:create|exec|logs|run|start|update)|image pull)$/.test(name);
}

/** docker: cli.ExactArgs(), RequiresMinArgs() and their kin. */
function arityError(arity: Arity, count: number): string | undefined {
  const { least, most } = arity;
  if (count >= least && count <= most) return undefined;
  if (most === 0) return 'accepts no arguments.';
  if (least === most) return `requires exactly ${least} ${pluralArgument(least)}.`;
  if (most === Number.POSITIVE_INFINITY) return `requires at least ${least} ${pluralArgument(least)}.`;
  if (least === 0) return `requires at most ${most} ${pluralArgument(most)}.`;
  return `requires at least ${least} and at most ${most} ${pluralArgument(most)}.`;
}

function pluralArgument(count: number): string {
  return count === 1 ? 'argument' : 'arguments';
}

/** What the client refuses before it asks the engine. */
function clientRefusal(
  command: Command,
  flags: ParsedFlags,
  args: readonly string[],
  terminal: Terminal,
): DockerError | undefined {
  switch (command.spellings[0]) {
    case 'container run':
      return refuseRun(flags, args, terminal);
    case 'container create':
      return refuseCreate(flags, args);
    case 'container start': {
      const attaches = boolFlag(flags, 'attach') || boolFlag(flags, 'interactive');
      if (!attaches || args.length < 2) return undefined;
      return mistake('you cannot start and attach multiple containers at once', 1);
    }
    case 'image pull': {
      const reference = parseImageReference(args[0] ?? '');
      if ('error' in reference) return mistake(reference.error, 1);
      const names = reference.tag !== '' || reference.digest !== '';
      return names && boolFlag(flags, 'all-tags') ? mistake("tag can't be used with --all-tags/-a", 1) : undefined;
    }
    default:
      return undefined;
  }
}

function refuseRun(flags: ParsedFlags, args: readonly string[], terminal: Terminal): DockerError | undefined {
  const pull = checkPull(flags);
  if (pull !== undefined) return { ...runError('run', pull), asksFirst: false };
  const options = checkRunOptions(flags);
  if (options !== undefined) return runError('run', options);
  const detached = boolFlag(flags, 'detach');
  if (detached && listFlag(flags, 'attach').length > 0) return mistake('Conflicting options: -a and -d', 1);
  const attachesInput =
    boolFlag(flags, 'interactive') || listFlag(flags, 'attach').some((name) => /^stdin$/i.test(name));
  const tty = ttyRefusal(attachesInput && !detached, boolFlag(flags, 'tty'), terminal);
  if (tty !== undefined) return tty;
  const image = imageRefusal(args);
  return image === undefined ? undefined : runError('run', image);
}

function refuseCreate(flags: ParsedFlags, args: readonly string[]): DockerError | undefined {
  const pull = checkPull(flags);
  if (pull !== undefined) return { ...runError('create', pull), asksFirst: false };
  const options = checkRunOptions(flags);
  if (options !== undefined) return runError('create', options);
  const image = imageRefusal(args);
  return image === undefined ? undefined : mistake(image, 1);
}

/** A full image id is a fine name for an image to run, though not for a repository. */
function imageRefusal(args: readonly string[]): string | undefined {
  const image = args[0] ?? '';
  const reference = parseImageReference(image);
  return 'error' in reference && !/^[a-f0-9]{64}$/.test(image) ? reference.error : undefined;
}

/** The client's refusal to give a container a terminal when it has none itself (also `docker exec -it`). */
export function ttyRefusal(attachesInput: boolean, wantsTty: boolean, terminal: Terminal): DockerError | undefined {
  if (!attachesInput || !wantsTty || terminal.inputIsTty) return undefined;
  return mistake('the input device is not a TTY', 1);
}

/**
 * An error of `docker run` as it prints one, its own or the daemon's; exit code 125.
 *
 * docker: cli/command/container, reportError(). Failures of the start come without the line on help.
 */
export function runError(name: 'run' | 'create', message: string, withHelp = true, exitCode = 125): DockerError {
  const sentence = `docker: ${message.replace(/\.$/, '')}.`;
  return mistake(withHelp ? `${sentence}\nSee 'docker ${name} --help'.` : sentence, exitCode);
}

/** docker: SetupRootCommand(), FlagErrorFunc(): a group's error also shows its usage. */
function flagError(message: string, commandPath: string, usage: string): DockerError {
  return mistake(`${message}\nSee '${commandPath} --help'.${usage === '' ? '' : `\n\n${usage}`}`, 125);
}

function mistake(text: string, exitCode: number): DockerError {
  return { type: 'error', text: `${text}\n`, exitCode };
}

function notModelled(what: string): DockerError {
  return mistake(`glassdock: ${what} is not modelled yet`, 125);
}

/** The real one's help texts begin with an empty line, but not where they follow an error. */
function helpText(text: string, to: DockerHelp['to'] = 'stdout'): DockerHelp {
  return { type: 'help', text: `\n${text}`, to };
}

const oldLetter = 'Flag shorthand -h has been deprecated, please use --help\n';

function warned(help: DockerHelp): DockerHelp {
  return { ...help, text: oldLetter + help.text };
}

/** `docker help run`, `docker --help run`. */
function helpOn(words: readonly string[], width: number): DockerHelp | DockerError {
  const spelling = words.filter((word) => !word.startsWith('-')).slice(0, 2);
  if (spelling.length === 0) return helpText(dockerHelp(width));
  const both = spelling.join(' ');
  const [first = ''] = spelling;
  const command = commandSpelled(both) ?? commandSpelled(first);
  if (command !== undefined) {
    const typed = commandSpelled(both) === undefined ? first : both;
    const rest = words.slice(typed.split(' ').length);
    if (rest.length > 0) return mistake(`unknown help topic: ${rest.join(' ')}`, 1);
    return helpText(commandHelp(command, typed, width));
  }
  const group = commandGroups.find((candidate) => candidate.name === both || candidate.name === first);
  if (group !== undefined) {
    const rest = words.slice(group.name.split(' ').length);
    return rest.length > 0 ? mistake(`unknown help topic: ${rest.join(' ')}`, 1) : helpText(groupHelp(group));
  }
  return mistake(`unknown help topic: ${words.join(' ')}`, 1);
}
