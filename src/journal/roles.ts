import { addressBook, type AddressBook } from './address-book.ts';
import type { JournalEvent } from './event.ts';

/** What a process is in the story, fixed by what it becomes. `shim` of container web is written `shim:web`. */
export interface Role {
  /** `systemd`, `dockerd`, `shim`, `runc-create`, `init`, …, or the last comm of a process that plays no part. */
  readonly part: string;
  /** Id of the container that it belongs to; empty for the others. */
  readonly container: string;
  /** `shim:web`, `runc-init-0:web`, `dockerd`, `sleep`. */
  readonly label: string;
}

export type Roles = ReadonlyMap<number, Role>;

interface Casting {
  readonly forkedBy: number;
  comm: string;
  part: string;
  container: string;
  /** A stage of `runc init` keeps its part: the container's program is executed under it. */
  readonly isStage: boolean;
}

/**
 * The role of every process that was ever born, by pid. Needs the whole journal: what a process becomes, and what a
 * container is called at its end, is told after its birth. Source of the rules: truth/SUMMARY.md §1, the argv recorded
 * there, and the report's vocabulary.
 */
export function rolesOf(events: readonly JournalEvent[]): Roles {
  const castings = new Map<number, Casting>();
  const names = new Map<string, string>();
  const addresses = addressBook();
  for (const event of events) {
    switch (event.type) {
      case 'task.fork':
        castings.set(event.pid, born(castings.get(event.by), event.by));
        break;
      case 'task.exec':
        execute(castings, event.pid, event.path, event.argv, addresses);
        rename(castings.get(event.pid), event.comm);
        break;
      case 'task.name':
        rename(castings.get(event.pid), event.comm);
        break;
      case 'namespace.create':
      case 'namespace.end':
      case 'net.link':
        addresses.note(event, 'pid' in event ? (castings.get(event.pid)?.container ?? '') : '');
        break;
      case 'container':
        names.set(event.id, event.name.replace(/^\//, ''));
        break;
      default:
    }
  }
  return new Map([...castings].map(([pid, casting]) => [pid, roleOf(pid, casting, names)]));
}

/** The label alone; a pid without a birth in the journal is named by its number. */
export function labelOf(roles: Roles, pid: number): string {
  return roleLabel(roles.get(pid), pid);
}

export function roleLabel(role: Role | undefined, pid: number): string {
  return role?.label ?? (pid === 0 ? 'kernel' : String(pid));
}

/** Which stage the child of a stage is; CLONE_PARENT makes them siblings, yet each is forked by the one before. */
const nextStage: Readonly<Record<string, string>> = {
  'runc-init-0': 'runc-init-1',
  'runc-init-1': 'init',
  'exec-init-0': 'exec-init-1',
  'exec-init-1': 'exec',
};

function born(caller: Casting | undefined, forkedBy: number): Casting {
  const stage = caller === undefined ? undefined : nextStage[caller.part];
  return {
    forkedBy,
    comm: caller?.comm ?? '',
    part: stage ?? '',
    container: stage === undefined ? '' : (caller?.container ?? ''),
    isStage: stage !== undefined,
  };
}

function rename(casting: Casting | undefined, comm: string): void {
  if (casting !== undefined) casting.comm = comm;
}

function execute(
  castings: ReadonlyMap<number, Casting>,
  pid: number,
  path: string,
  argv: readonly string[],
  addresses: AddressBook,
): void {
  const casting = castings.get(pid);
  if (casting === undefined || casting.isStage) return;
  const [first = '', second = ''] = argv;
  // A process that executes its own binary again is told by the name it gives itself.
  const program = baseName(path.startsWith('/proc/') ? first : path);
  const become = (part: string, container = '') => {
    casting.part = part;
    casting.container = container;
  };
  // A re-execution by another name counts as that name: libnetwork-setkey is dockerd's binary, `runc init` runc's.
  if (first.endsWith('libnetwork-setkey')) return become('setkey', argv[2] ?? '');
  if (first === 'runc' && second === 'init') return becomeFirstStage(casting, castings.get(casting.forkedBy));
  switch (program) {
    case 'containerd-shim-runc-v2':
      return become(shimPart(argv.at(-1)), optionOf(argv, '-id'));
    case 'runc':
      return become(...runcPart(argv));
    case 'docker-proxy':
      become('docker-proxy');
      return addresses.whenKnown(optionOf(argv, '-container-ip'), (container) => {
        casting.container = container;
      });
    default:
      return become(engineParts.has(program) ? program : '');
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const engineParts: ReadonlySet<string> = new Set(['docker', 'dockerd', 'containerd', 'systemd']);

/** The first stage is told by who runs it; it executes itself a second time, from a sealed copy. */
function becomeFirstStage(casting: Casting, runc: Casting | undefined): void {
  casting.part = runc?.part === 'runc-exec' ? 'exec-init-0' : 'runc-init-0';
  casting.container = runc?.container ?? '';
}

function shimPart(action: string | undefined): string {
  if (action === 'start') return 'shim-start';
  return action === 'delete' ? 'shim-delete' : 'shim';
}

function optionOf(argv: readonly string[], name: string): string {
  const place = argv.indexOf(name);
  return place === -1 ? '' : (argv[place + 1] ?? '');
}

const runcOptionsWithValue: ReadonlySet<string> = new Set(['--root', '--log', '--log-format', '--criu', '--rootless']);

const verbOptionsWithValue: ReadonlySet<string> = new Set(
  (
    '--bundle -b --pid-file --console-socket --preserve-fds --process -p --cwd --env -e --user -u --additional-gids ' +
    '-g --cap -c --cgroup --process-label --apparmor --format -f --interval --resources -r --memory ' +
    '--memory-reservation --memory-swap --cpu-period --cpu-quota --cpu-share --cpuset-cpus --cpuset-mems --pids-limit'
  ).split(' '),
);

/**
 * `runc --root DIR --log FILE --log-format json --systemd-cgroup VERB … ID`; the id is the first argument: kill has the
 * signal behind it, exec a command.
 */
function runcPart(argv: readonly string[]): [part: string, container: string] {
  let place = 1;
  while (argv[place]?.startsWith('-') === true) place += runcOptionsWithValue.has(argv[place] ?? '') ? 2 : 1;
  const verb = argv[place];
  if (verb === undefined) return ['', ''];
  place += 1;
  // `delete -f` takes no value, `list -f` and `ps -f` do.
  while (argv[place]?.startsWith('-') === true) {
    const option = argv[place] ?? '';
    place += verbOptionsWithValue.has(option) && !(verb === 'delete' && option === '-f') ? 2 : 1;
  }
  return [`runc-${verb}`, argv[place] ?? ''];
}

function roleOf(pid: number, casting: Casting, names: ReadonlyMap<string, string>): Role {
  const part = pid === 1 ? 'systemd' : casting.part;
  if (part === '') return { part: casting.comm, container: '', label: casting.comm };
  const { container } = casting;
  if (container === '') return { part, container, label: part };
  return { part, container, label: `${part}:${names.get(container) || container.slice(0, 12)}` };
}
