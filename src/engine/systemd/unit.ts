/**
 * Unit files, as far as a packaged Docker host uses them. Man pages: systemd.service(5), systemd.socket(5),
 * systemd.syntax(7).
 */

export interface ServiceUnit {
  readonly name: string;
  readonly description: string;
  readonly execStart: readonly string[];
  readonly oomScoreAdjust: number;
  /** `process`: only the main process is stopped; what it left behind (shims) lives on. */
  readonly killMode: 'process' | 'control-group';
  readonly restart: 'no' | 'always' | 'on-failure';
  readonly restartSeconds: number;
  /** A socket unit whose listening descriptor the service gets as fd 3. */
  readonly sockets: readonly string[];
  /** The service counts as started when this path exists: it stands for the READY=1 that the real one sends. */
  readonly readyPath: string;
}

/** Reads a unit file: sections of `Key=Value` lines; the last value of a key counts, lists are words. */
export function parseUnit(text: string): ReadonlyMap<string, string> {
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
  const unit = parseUnit(text);
  const restart = unit.get('Service.Restart');
  return {
    name,
    description: unit.get('Unit.Description') ?? name,
    execStart: (unit.get('Service.ExecStart') ?? '').split(/\s+/).filter(Boolean),
    oomScoreAdjust: Number(unit.get('Service.OOMScoreAdjust') ?? 0),
    killMode: unit.get('Service.KillMode') === 'process' ? 'process' : 'control-group',
    restart: restart === 'always' || restart === 'on-failure' ? restart : 'no',
    restartSeconds: Number(unit.get('Service.RestartSec') ?? 0.1),
    sockets: (unit.get('Service.Sockets') ?? '').split(/\s+/).filter(Boolean),
    readyPath: unit.get('Service.X-ReadyPath') ?? '',
  };
}

/** The path that a socket unit listens on; `/var/run` is a link to `/run`. */
export function listenPathOf(text: string): string {
  return parseUnit(text).get('Socket.ListenStream') ?? '';
}
