/**
 * Unit files, as far as a packaged Docker host uses them. Man pages: systemd.unit(5), systemd.service(5),
 * systemd.socket(5), systemd.syntax(7).
 */
import { parseTimeSpan } from './time-span.ts';

/** What every kind of unit has. */
export interface Unit {
  readonly name: string;
  readonly description: string;
  readonly documentation: readonly string[];
  /** Started with it, and stopped when one of these is stopped. */
  readonly requires: readonly string[];
  /** Started with it. */
  readonly wants: readonly string[];
  /** When both are started or stopped, the ones named here come up first and go down last. */
  readonly after: readonly string[];
}

export interface ServiceUnit extends Unit {
  readonly type: 'simple' | 'notify';
  readonly execStart: readonly string[];
  readonly execReload: readonly string[];
  /** A file of `NAME=value` lines that need not be there; '' for none. */
  readonly environmentFile: string;
  readonly oomScoreAdjust: number;
  /** Whether what runs in it may make groups of its own below its group. */
  readonly delegate: boolean;
  /** `process`: only the main process is stopped; what it left behind (shims) lives on. */
  readonly killMode: 'process' | 'control-group';
  readonly restart: 'no' | 'always' | 'on-failure';
  readonly restartSeconds: number;
  /** How long READY=1 may take; 0 or infinity: as long as it likes. */
  readonly timeoutStartSeconds: number;
  /** After it SIGKILL follows the SIGTERM. */
  readonly timeoutStopSeconds: number;
  /** More starts than this within the interval are refused. */
  readonly startLimitBurst: number;
  readonly startLimitIntervalSeconds: number;
  /** Socket units whose listening descriptors the service gets from fd 3 on. */
  readonly sockets: readonly string[];
}

export interface SocketUnit extends Unit {
  /** The path that it listens on; `/var/run` is a link to `/run`. */
  readonly listenPath: string;
  readonly mode: number;
  /** What traffic starts: the service of the same name. */
  readonly service: string;
}

type UnitFile = ReadonlyMap<string, string>;

/** Reads a unit file: sections of `Key=Value` lines; the last value of a key counts, lists are words. */
export function parseUnit(text: string): UnitFile {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const header = /^\[(.+)\]$/.exec(trimmed)?.[1];
    if (header !== undefined) section = header;
    else {
      const equals = trimmed.indexOf('=');
      if (equals > 0) values.set(`${section}.${trimmed.slice(0, equals)}`, trimmed.slice(equals + 1));
    }
  }
  return values;
}

/** A service from its unit file's text. */
export function serviceOf(name: string, text: string): ServiceUnit {
  const file = parseUnit(text);
  const restart = file.get('Service.Restart');
  return {
    ...unitOf(name, file),
    type: file.get('Service.Type') === 'notify' ? 'notify' : 'simple',
    execStart: words(file, 'Service.ExecStart'),
    execReload: words(file, 'Service.ExecReload'),
    environmentFile: (file.get('Service.EnvironmentFile') ?? '').replace(/^-/, ''),
    oomScoreAdjust: Number(file.get('Service.OOMScoreAdjust') ?? 0),
    delegate: file.get('Service.Delegate') === 'yes',
    killMode: file.get('Service.KillMode') === 'process' ? 'process' : 'control-group',
    restart: restart === 'always' || restart === 'on-failure' ? restart : 'no',
    restartSeconds: span(file, 'Service.RestartSec', 0.1),
    timeoutStartSeconds: span(file, 'Service.TimeoutStartSec', 90),
    timeoutStopSeconds: span(file, 'Service.TimeoutStopSec', 90),
    startLimitBurst: Number(file.get('Unit.StartLimitBurst') ?? file.get('Service.StartLimitBurst') ?? 5),
    startLimitIntervalSeconds: span(
      file,
      file.has('Unit.StartLimitIntervalSec') ? 'Unit.StartLimitIntervalSec' : 'Service.StartLimitInterval',
      10,
    ),
    sockets: words(file, 'Service.Sockets'),
  };
}

/** A socket from its unit file's text. */
export function socketOf(name: string, text: string): SocketUnit {
  const file = parseUnit(text);
  return {
    ...unitOf(name, file),
    listenPath: file.get('Socket.ListenStream') ?? '',
    mode: Number.parseInt(file.get('Socket.SocketMode') ?? '0666', 8),
    service: name.replace(/socket$/, 'service'),
  };
}

function unitOf(name: string, file: UnitFile): Unit {
  return {
    name,
    description: file.get('Unit.Description') ?? name,
    documentation: words(file, 'Unit.Documentation'),
    requires: [...words(file, 'Unit.Requires'), ...words(file, 'Unit.BindsTo')],
    wants: words(file, 'Unit.Wants'),
    after: words(file, 'Unit.After'),
  };
}

function words(file: UnitFile, key: string): readonly string[] {
  return (file.get(key) ?? '').split(/\s+/).filter(Boolean);
}

function span(file: UnitFile, key: string, otherwise: number): number {
  return parseTimeSpan(file.get(key) ?? '') ?? otherwise;
}
