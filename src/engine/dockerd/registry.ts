/**
 * The registry that images are pulled from: what it holds, and what asking it costs. It is no process of the machine.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import type { RegistryImage } from '../../programs/images/image.ts';
import { registryDurations } from '../durations-docker.ts';
import type { ImageReference } from '../docker/reference.ts';
import { notFound, serverError } from './api-error.ts';

export const registryHost = 'registry-1.docker.io';

/** Where the line to the registry can be made slow: ours, since what lies beyond it is no part of the machine. */
const lineFile = '/etc/glassdock/registry.json';

/** The line to the registry: how long a question and its answer take, and each byte, ns. */
interface RegistryLine {
  readonly roundTripNs: number;
  readonly byteNs: number;
}

/** As `{"bytes-per-second": 125000, "round-trip-ms": 800}` says; what is missing or no number is as usual. */
export function* registryLine(): Running<RegistryLine> {
  const { roundTrip, perByte } = registryDurations;
  const text = yield* readFileIfAny(lineFile);
  if (text === null) return { roundTripNs: roundTrip, byteNs: perByte };
  const figure = (name: string): number => Number(new RegExp(`"${name}"\\s*:\\s*([\\d.]+)`).exec(text)?.[1] ?? 0);
  const bytesPerSecond = figure('bytes-per-second');
  const roundTripMs = figure('round-trip-ms');
  return {
    roundTripNs: roundTripMs > 0 ? Math.round(roundTripMs * 1e6) : roundTrip,
    byteNs: bytesPerSecond > 0 ? 1e9 / bytesPerSecond : perByte,
  };
}

/** A request to the registry, as the journal shows it: it leaves the machine. */
export function* askRegistry(label: string): Running<void> {
  const id = yield* sys.glassId();
  yield* sys.journal({ type: 'message.send', id, connection: 0, protocol: 'HTTPS', kind: 'request', label, to: 0 });
  yield* sys.delay((yield* registryLine()).roundTripNs);
}

/** Finds an image by name. Throws the registry's words as dockerd passes them on. */
export function* findInRegistry(registry: readonly RegistryImage[], reference: ImageReference): Running<RegistryImage> {
  const { domain, path, familiarName } = reference;
  if (domain !== 'docker.io') {
    throw serverError(`Get "https://${domain}/v2/": dial tcp: lookup ${domain} on 10.0.2.3:53: no such host`);
  }
  const tag = reference.tag || 'latest';
  yield* askRegistry(`GET https://auth.docker.io/token?scope=repository:${path}:pull&service=registry.docker.io`);
  yield* askRegistry(`GET https://${registryHost}/v2/${path}/manifests/${reference.digest || tag}`);
  const known = registry.filter(({ repository }) => repository === familiarName);
  if (known.length === 0) {
    throw notFound(
      `pull access denied for ${familiarName}, repository does not exist or may require 'docker login': ` +
        'denied: requested access to the resource is denied',
    );
  }
  const image = known.find(({ tags }) => tags.includes(tag));
  if (image === undefined || reference.digest !== '') {
    const name = reference.digest === '' ? `${familiarName}:${tag}` : `${familiarName}@${reference.digest}`;
    throw notFound(`manifest for ${name} not found: manifest unknown: manifest unknown`);
  }
  return image;
}
