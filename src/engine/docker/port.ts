/** `docker port`. docker: cli/command/container/port.go. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { PortBinding } from '../dockerd/records.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, inspectTarget } from './client.ts';
import type { DockerClient } from './client.ts';
import { portRefusal } from './ports.ts';

interface Answer {
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, readonly PortBinding[] | null>> };
}

export function* portCommand(docker: DockerClient, { args }: DockerCommand): Running {
  const [name = '', wanted] = args;
  const { NetworkSettings } = yield* callJson<Answer>(docker, {
    method: 'GET',
    target: inspectTarget(name),
  });
  const { Ports } = NetworkSettings;
  if (wanted === undefined || wanted === '') {
    const lines = Object.entries(Ports).flatMap(([port, bindings]) =>
      (bindings ?? []).map((binding) => `${port} -> ${spotOf(binding)}`),
    );
    yield* print(sorted(lines).join(''));
    return 0;
  }
  const [number = '', protocol] = wanted.split(/\/(.*)/s);
  const wrong = portRefusal(number);
  if (wrong !== undefined) {
    yield* print(`Error: invalid port (${number}): ${wrong}\n`, 2);
    return 1;
  }
  const bindings = Ports[`${number}/${protocol || 'tcp'}`] ?? [];
  if (bindings.length === 0) {
    yield* print(`Error: No public port '${wanted}' published for ${name}\n`, 2);
    return 1;
  }
  yield* print(sorted(bindings.map(spotOf)).join(''));
  return 0;
}

/** In the order of their numbers, as a person would sort them. Go: sortorder.NaturalLess(). */
function sorted(lines: readonly string[]): readonly string[] {
  const key = (line: string): string => line.replace(/\d+/g, (digits) => digits.padStart(6, '0'));
  return lines.toSorted((one, other) => (key(one) < key(other) ? -1 : 1)).map((line) => `${line}\n`);
}

/** Go: net.JoinHostPort(). */
function spotOf({ HostIp, HostPort }: PortBinding): string {
  return HostIp.includes(':') ? `[${HostIp}]:${HostPort}` : `${HostIp}:${HostPort}`;
}
