/**
 * How a flag's value is read: each kind is one of the value types of docker's CLI (pflag's own, and those of its `opts`
 * package). `bool` takes a value only after `=`.
 */
export type FlagKind =
  | 'bool'
  | 'string'
  | 'int'
  | 'uint'
  | 'uint16'
  | 'duration'
  | 'bytes'
  | 'swap'
  | 'decimal'
  | 'list'
  | 'strings'
  | 'map'
  | 'env'
  | 'label'
  | 'add-host'
  | 'device-rule'
  | 'device-weight'
  | 'device-bytes'
  | 'device-operations'
  | 'attach'
  | 'ip'
  | 'search-domain'
  | 'link'
  | 'sysctl'
  | 'filter'
  | 'ulimit'
  | 'stringToString'
  | 'mount'
  | 'network'
  | 'gpu-request';

/**
 * What the simulator does with a flag: `modelled` acts as the real one; `harmless` is noted and the command goes on,
 * because a container lives and dies the same without it; `refused` is noted and ends the command.
 */
export type FlagSupport = 'modelled' | 'harmless' | 'refused';

/** One flag of one command, as `docker COMMAND --help` shows it. */
export interface Flag {
  readonly name: string;
  /** One letter, or '' when there is none. */
  readonly shorthand: string;
  readonly kind: FlagKind;
  readonly description: string;
  readonly support: FlagSupport;
  /** The text that `--help` prints after `(default `: quoted when it is a string; '' when nothing is printed. */
  readonly printedDefault: string;
  /** Parsed, but not shown by `--help` (old spellings and experimental flags). */
  readonly hidden: boolean;
  /** Only a daemon on Windows has it. */
  readonly ofWindows: boolean;
}

/** How many arguments a command takes; `most` is Infinity when there is no limit. */
export interface Arity {
  readonly least: number;
  readonly most: number;
}

/** One command of the docker CLI. */
export interface Command {
  /**
   * Every way to spell it, the words joined by a blank: the name under its group first, then that group's other
   * names, then the short form (`container ls`, `container list`, `container ps`, `ps`). The first is how the program
   * knows it.
   */
  readonly spellings: readonly string[];
  /** What follows the name in the usage line. */
  readonly usage: string;
  /** The line in the list of commands. */
  readonly summary: string;
  /** What `--help` says instead of the summary, where it says more. */
  readonly long: string;
  /** What `--help` shows between the aliases and the options. */
  readonly example?: string;
  readonly arity: Arity;
  /** False when flags end at the first argument, as in `docker run IMAGE ls -l`. */
  readonly interspersed: boolean;
  /** `whole` is parsed and run; `parsed` is parsed, then refused; `name` is refused by its name alone. */
  readonly support: 'whole' | 'parsed' | 'name';
  readonly flags: readonly Flag[];
}

/** A group of commands (`docker container …`). */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly section: 'Management Commands' | 'Swarm Commands';
}

interface FlagDetails {
  readonly printedDefault?: string;
  readonly hidden?: boolean;
  readonly ofWindows?: boolean;
}

/**
 * Declares a flag.
 *
 * @param names `detach`, or `d detach` with its letter.
 */
export function flag(
  names: string,
  kind: FlagKind,
  description: string,
  support: FlagSupport = 'refused',
  details: FlagDetails = {},
): Flag {
  const [first = '', second] = names.split(' ');
  const name = second ?? first;
  const shorthand = second === undefined ? '' : first;
  const { printedDefault = '', hidden = false, ofWindows = false } = details;
  return { name, shorthand, kind, description, support, printedDefault, hidden, ofWindows };
}

/** Exactly `count` arguments. */
export function exactly(count: number): Arity {
  return { least: count, most: count };
}

/** `least` arguments or more. */
export function atLeast(least: number): Arity {
  return { least, most: Number.POSITIVE_INFINITY };
}

/** From `least` to `most` arguments. */
export function between(least: number, most: number): Arity {
  return { least, most };
}

const typeWords: Partial<Record<FlagKind, string>> = {
  bool: '',
  swap: 'bytes',
  env: 'list',
  label: 'list',
  'add-host': 'list',
  'device-rule': 'list',
  'device-weight': 'list',
  'device-bytes': 'list',
  'device-operations': 'list',
  attach: 'list',
  ip: 'list',
  'search-domain': 'list',
  link: 'list',
  sysctl: 'map',
};

/** The word that `--help` prints after the flag's name: `list`, `bytes`; nothing for a bool. */
export function typeWord(kind: FlagKind): string {
  return typeWords[kind] ?? kind;
}
