/** The name of an image, taken apart: `docker.io/library/nginx:latest`. */
export interface ImageReference {
  /** `docker.io` when none was given. */
  readonly domain: string;
  /** `library/nginx`. */
  readonly path: string;
  /** '' when none was given. */
  readonly tag: string;
  /** `sha256:…`, or ''. */
  readonly digest: string;
  /** As people write it: without `docker.io/library/`, and without a tag. */
  readonly familiarName: string;
}

const name = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const reference = new RegExp(
  `^(${domain})/(${name}(?:/${name})*)(?::([\\w][\\w.-]{0,127}))?` +
    '(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$',
);

/**
 * Reads the name of an image as docker does, filling in `docker.io/library/`.
 *
 * distribution/reference: ParseNormalizedNamed(), whose words the error has.
 */
export function parseImageReference(text: string): ImageReference | { readonly error: string } {
  if (/^[a-f0-9]{64}$/.test(text)) {
    return { error: `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings` };
  }
  const [host, remainder] = splitDomain(text);
  const repository = remainder.split(':')[0] ?? '';
  if (repository.toLowerCase() !== repository) {
    return { error: `invalid reference format: repository name (${repository}) must be lowercase` };
  }
  const parts = reference.exec(`${host}/${remainder}`);
  if (parts === null) return { error: 'invalid reference format' };
  const path = parts[2] ?? '';
  const familiarName = host === 'docker.io' ? path.replace(/^library\/(?=[^/]+$)/, '') : `${host}/${path}`;
  return { domain: host, path, tag: parts[3] ?? '', digest: parts[4] ?? '', familiarName };
}

/**
 * What stands before the first slash is a registry only when it looks like one: a dot, a port, `localhost`, a capital.
 */
function splitDomain(text: string): [host: string, remainder: string] {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const host = !isHost || first === 'index.docker.io' ? 'docker.io' : first;
  const remainder = isHost ? text.slice(slash + 1) : text;
  return [host, host === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder];
}
