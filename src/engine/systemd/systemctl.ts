/** systemctl(1): asks systemd over D-Bus, and says what it answers. Words and exit codes are those of systemd 257. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { utf8 } from '../../kernel/bytes.ts';
import { isErrno } from '../../kernel/errno.ts';
import { OutputError, print, readFileIfAny } from '../../programs/io.ts';
import { parseSignal } from '../../programs/tools/kill.ts';
import { parseOptions } from '../../programs/tools/options.ts';
import { signalNumbers } from '../../kernel/abi.ts';
import { callRpc, dialRpc, rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { busSocket, managerMethod } from './bus.ts';
import type { Properties } from './properties.ts';
import { propertiesOf, unitName } from './systemctl-bus.ts';
import type { Systemctl } from './systemctl-bus.ts';
import { runJobs } from './systemctl-jobs.ts';
import { listUnitsText } from './systemctl-list.ts';
import { statusText, systemStatusText } from './systemctl-status.ts';
import type { MaskRequest } from './unit-links.ts';
import { unitFileOf } from './units.ts';

const noSuchUnit = 4;
const notActive = 3;

export function* systemctlProgram(argv: readonly string[], _env: Environment): Running {
  const options = parseOptions(argv.slice(1), 'p:Pn:s:qlat:fH:NBw:S:R', {
    property: 'p',
    value: 'P',
    lines: 'n',
    signal: 's',
    quiet: 'q',
    full: 'l',
    all: 'a',
    type: 't',
    force: 'f',
    host: 'H',
    'no-pager': 'l',
    'no-legend': 'l',
    plain: 'l',
    now: 'N',
    'no-block': 'B',
    'kill-whom': 'w',
    'kill-who': 'w',
    state: 'S',
    runtime: 'R',
  });
  if (typeof options === 'string') {
    yield* print(`systemctl: ${options}\n`, 2);
    return 1;
  }
  const [verb = 'list-units', ...names] = options.operands;
  const body = verbs[verb];
  if (body === undefined) {
    const words = unmodelled.has(verb)
      ? `systemctl: glassdock: ${verb} is not modelled; there are ${Object.keys(verbs).join(' ')}`
      : `Unknown command verb '${verb}'.`;
    yield* print(`${words}\n`, 2);
    return 1;
  }
  if (names.length === 0 && !withoutUnits.has(verb)) {
    yield* print('Too few arguments.\n', 2);
    return 1;
  }
  try {
    const bus = yield* dialRpc(busSocket, 'D-Bus');
    return yield* body({ bus, options, units: names.map(unitName) });
  } catch (error) {
    if (!isErrno(error) || error instanceof OutputError) throw error;
    yield* print('Failed to connect to system scope bus via local transport: Connection refused\n', 2);
    return 1;
  }
}

/** Verbs of the real one that are not here, as far as people use them. */
const unmodelled: ReadonlySet<string> = new Set(
  (
    'edit list-unit-files list-sockets list-timers list-jobs list-dependencies isolate set-property revert ' +
    'preset get-default set-default daemon-reexec show-environment is-system-running clean freeze thaw help cancel ' +
    'reenable try-reload-or-restart default rescue reboot poweroff halt suspend'
  ).split(' '),
);

const withoutUnits: ReadonlySet<string> = new Set(['daemon-reload', 'list-units', 'status', 'show', 'reset-failed']);

const verbs: Readonly<Record<string, (given: Systemctl) => Running>> = {
  start: (given) => runJobs(given, 'start', 'StartUnit'),
  stop: (given) => runJobs(given, 'stop', 'StopUnit'),
  restart: (given) => runJobs(given, 'restart', 'RestartUnit'),
  'try-restart': (given) => runJobs(given, 'restart', 'RestartUnit', true),
  reload: (given) => runJobs(given, 'reload', 'ReloadUnit'),
  'reload-or-restart': (given) => runJobs(given, 'reload-or-restart', 'ReloadOrRestartUnit'),
  kill,
  show,
  status,
  cat,
  'is-active': (given) => tellState(given, ['active', 'reloading']),
  'is-failed': (given) => tellState(given, ['failed']),
  'is-enabled': isEnabled,
  enable: (given) => link(given, 'EnableUnitFiles', 'StartUnit'),
  disable: (given) => link(given, 'DisableUnitFiles', 'StopUnit'),
  mask: (given) => mask(given, 'MaskUnitFiles'),
  unmask: (given) => mask(given, 'UnmaskUnitFiles'),
  'reset-failed': resetFailed,
  *'daemon-reload'({ bus }) {
    yield* callRpc(bus, managerMethod('Reload'), {});
    return 0;
  },
  *'list-units'({ bus, options }) {
    yield* print(
      utf8(listUnitsText(yield* listed(bus), { all: options.has('a'), type: options.values.get('t') ?? '' })),
    );
    return 0;
  },
};

function* listed(bus: RpcClient): Running<readonly Properties[]> {
  return ((yield* callRpc(bus, managerMethod('ListUnits'), {})) as { readonly units: readonly Properties[] }).units;
}

function* status({ bus, options, units }: Systemctl): Running {
  let exitCode = 0;
  const known = units.length === 0 ? yield* listed(bus) : [];
  if (units.length === 0) yield* print(yield* systemStatusText(bus, known));
  const names = units.length === 0 && options.has('a') ? known.map(({ Id = '' }) => Id) : units;
  for (const [index, name] of names.entries()) {
    const properties = yield* propertiesOf(bus, name);
    if (properties === null) {
      yield* print(`Unit ${name} could not be found.\n`, 2);
      exitCode = noSuchUnit;
      continue;
    }
    if (index > 0 || units.length === 0) yield* print('\n');
    const trigger = yield* propertiesOf(bus, properties['TriggeredBy'] || properties['Triggers'] || '-');
    yield* print(yield* statusText(bus, properties, trigger, Number(options.values.get('n') ?? 10)));
    const isUp = ['active', 'reloading', 'activating'].includes(properties['ActiveState'] ?? '');
    if (!isUp || properties['SubState'] === 'auto-restart') exitCode = exitCode || notActive;
  }
  return exitCode;
}

function* show({ bus, options, units }: Systemctl): Running {
  const wanted = options.all.filter(([letter]) => letter === 'p').flatMap(([, list]) => list.split(','));
  const onlyValues = options.has('P');
  const texts: string[] = [];
  for (const name of units) {
    const properties = (yield* propertiesOf(bus, name)) ?? {
      Id: name,
      Names: name,
      Description: name,
      LoadState: 'not-found',
      ActiveState: 'inactive',
      SubState: 'dead',
    };
    const lines = Object.entries(properties)
      .filter(([key]) => wanted.length === 0 || wanted.includes(key))
      .map(([key, value]) => (onlyValues ? `${value}\n` : `${key}=${value}\n`));
    texts.push(lines.join(''));
  }
  yield* print(texts.join('\n'));
  return 0;
}

function* tellState({ bus, options, units }: Systemctl, wanted: readonly string[]): Running {
  let matches = 0;
  let known = 0;
  for (const name of units) {
    const properties = yield* propertiesOf(bus, name);
    const state = properties?.['ActiveState'] ?? 'inactive';
    if (properties !== null) known += 1;
    if (wanted.includes(state)) matches += 1;
    if (!options.has('q')) yield* print(`${state}\n`);
  }
  if (matches > 0) return 0;
  if (wanted.includes('failed')) return 1;
  return known === 0 ? noSuchUnit : notActive;
}

function* isEnabled({ bus, options, units }: Systemctl): Running {
  let exitCode = 1;
  for (const name of units) {
    const properties = yield* propertiesOf(bus, name);
    const state = properties?.['UnitFileState'] ?? 'not-found';
    if (state === 'enabled') exitCode = 0;
    else if (state === 'not-found' && exitCode !== 0) exitCode = noSuchUnit;
    if (!options.has('q')) yield* print(`${state}\n`);
  }
  return exitCode;
}

function* kill({ bus, options, units }: Systemctl): Running {
  const text = options.values.get('s') ?? 'SIGTERM';
  const signal = parseSignal(text);
  if (signal === undefined || signal === 0) {
    yield* print(`Failed to parse signal string ${text}.\n`, 2);
    return 1;
  }
  const whom = options.values.get('w') ?? 'all';
  return yield* each(
    units,
    (name) => `Failed to kill unit ${name}`,
    function* (name) {
      yield* callRpc(bus, managerMethod('KillUnit'), { name, whom, signal: signalNumbers[signal] });
    },
  );
}

function* resetFailed({ bus, units }: Systemctl): Running {
  const names = units.length > 0 ? units : ['docker.service', 'docker.socket', 'containerd.service'];
  return yield* each(
    names,
    (name) => `Failed to reset failed state of unit ${name}`,
    function* (name) {
      yield* callRpc(bus, managerMethod('ResetFailedUnit'), { name });
    },
  );
}

function* link(given: Systemctl, method: string, job: 'StartUnit' | 'StopUnit'): Running {
  const { bus, options, units } = given;
  for (const name of units) {
    try {
      const { changes } = (yield* callRpc(bus, managerMethod(method), { name })) as { readonly changes: string[] };
      for (const change of changes) yield* print(utf8(`${change}\n`), 2);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const words = error.code === rpcCode.failedPrecondition ? error.message : `Unit ${name} does not exist`;
      yield* print(`Failed to ${job === 'StartUnit' ? 'enable' : 'disable'} unit: ${words}\n`, 2);
      return 1;
    }
  }
  return options.has('N') ? yield* runJobs(given, job === 'StartUnit' ? 'start' : 'stop', job) : 0;
}

/** `mask` and `unmask`, also of names that nobody knows; systemd reads its units anew then. systemctl-enable.c. */
function* mask(given: Systemctl, method: 'MaskUnitFiles' | 'UnmaskUnitFiles'): Running {
  const { bus, options, units } = given;
  for (const name of units) {
    const request: MaskRequest = { name, runtime: options.has('R') };
    try {
      const { changes, isKnown } = (yield* callRpc(bus, managerMethod(method), request)) as {
        readonly changes: string[];
        readonly isKnown: boolean;
      };
      if (!isKnown) yield* print(`Unit ${name} does not exist, proceeding anyway.\n`, 2);
      for (const change of changes) yield* print(utf8(`${change}\n`), 2);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      yield* print(`Failed to ${method === 'MaskUnitFiles' ? 'mask' : 'unmask'} unit: ${error.message}\n`, 2);
      return 1;
    }
  }
  yield* callRpc(bus, managerMethod('Reload'), {});
  return options.has('N') && method === 'MaskUnitFiles' ? yield* runJobs(given, 'stop', 'StopUnit') : 0;
}

function* cat({ units }: Systemctl): Running {
  for (const [index, name] of units.entries()) {
    const text = yield* readFileIfAny(unitFileOf(name));
    if (text === null) {
      yield* print(`No files found for ${name}.\n`, 2);
      return 1;
    }
    yield* print(`${index > 0 ? '\n' : ''}# ${unitFileOf(name)}\n${text}`);
  }
  return 0;
}

/** Does something for each unit; what systemd refuses is said, and the exit code is 1. */
function* each(
  units: readonly string[],
  failure: (name: string) => string,
  body: (name: string) => Running<void>,
): Running {
  let exitCode = 0;
  for (const name of units) {
    try {
      yield* body(name);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      yield* print(`${failure(name)}: ${error.message.replace('not found', 'not loaded')}\n`, 2);
      exitCode = 1;
    }
  }
  return exitCode;
}
