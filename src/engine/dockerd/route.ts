/** One call of the Engine API: which requests it takes, and what answers them. */
import type { Running } from '../../kernel/abi.ts';
import { apiVersions, isLaterVersion } from '../api-version.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import type { Daemon } from './daemon.ts';

/** Answers a request; `name` is the part of the path in parentheses. Throws an ApiError. */
export type Verb = (daemon: Daemon, exchange: HttpExchange, name: string) => Running<void>;

export interface Route {
  readonly methods: readonly string[];
  readonly path: RegExp;
  readonly verb: Verb;
}

/**
 * Why a path is not answered because of the version before it; undefined when it is one that is spoken. moby:
 * api/server/middleware/version.go.
 */
export function versionRefusal(path: string): string | undefined {
  const [, version] = /^\/v([\d.]+)\//.exec(path) ?? [];
  if (version === undefined) return undefined;
  if (isLaterVersion(version, apiVersions.most))
    return `client version ${version} is too new. Maximum supported API version is ${apiVersions.most}`;
  if (!isLaterVersion(apiVersions.least, version)) return undefined;
  return (
    `client version ${version} is too old. Minimum supported API version is ${apiVersions.least}, ` +
    'please upgrade your client to a newer version'
  );
}

/** `method` may be several: `GET|HEAD`. The path may have a version before it. */
export function route(method: string, path: string, verb: Verb): Route {
  return { methods: method.split('|'), path: new RegExp(`^(?:/v[\\d.]+)?${path}$`), verb };
}
