/** One call of the Engine API: which requests it takes, and what answers them. */
import type { Running } from '../../kernel/abi.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import type { Daemon } from './daemon.ts';

/** Answers a request; `name` is the part of the path in parentheses. Throws an ApiError. */
export type Verb = (daemon: Daemon, exchange: HttpExchange, name: string) => Running<void>;

export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly verb: Verb;
}

/** `method` may be several: `GET|HEAD`. The path may have a version before it. */
export function route(method: string, path: string, verb: Verb): Route {
  return { method, path: new RegExp(`^(?:/v\\d+\\.\\d+)?${path}$`), verb };
}
