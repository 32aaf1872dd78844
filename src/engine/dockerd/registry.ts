/**
 * The registry that images are pulled from: what it holds, and what asking it costs. It is no process of the machine.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import type { RegistryImage } from '../../programs/images/image.ts';
import { registryDurations } from '../durations-docker.ts';
import type { ImageReference } from '../docker/reference.ts';
import { notFound, serverError } from './api-error.ts';

export const registryHost = 'registry-1.docker.io';

/** A request to the registry, as the journal shows it: it leaves the machine. */
export function* askRegistry(label: string): Running<void> {
  const id = yield* sys.glassId();
  yield* sys.journal({ type: 'message.send', id, connection: 0, protocol: 'HTTPS', kind: 'request', label, to: 0 });
  yield* sys.delay(registryDurations.roundTrip);
}

/** Finds an image by name. Throws the registry's words as dockerd passes them on. */
export function* findInRegistry(registry: readonly RegistryImage[], reference: ImageReference): Running<RegistryImage> {
  const { domain, path, familiarName } = reference;
  if (domain !== 'docker.io') {
    throw serverError(`Get "https://${domain}/v2/": dial tcp: lookup ${domain} on 192.168.1.1:53: no such host`);
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
