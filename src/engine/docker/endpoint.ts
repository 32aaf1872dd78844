/**
 * Where the daemon is: what `-H`, `--context`, DOCKER_HOST and DOCKER_CONTEXT come to. docker: cli/command/cli.go,
 * opts/hosts.go.
 */
import type { Environment, Running } from '../../kernel/abi.ts';
import { isLoopbackAddress } from '../../kernel/net/internet-address.ts';
import type { InternetAddress } from '../../kernel/net/internet-address.ts';
import { resolveHost } from '../../programs/http/connect-host.ts';
import { sha256 } from '../../programs/sha256.ts';
import { CommandFailed } from './client.ts';
import { joinHostPort, parseTcpUrl, splitHostPort } from './go-url.ts';
import { listFlag, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';

export interface Endpoint {
  /** As messages name it. */
  readonly address: string;
  readonly to: string | InternetAddress;
  /** What stands before every path, '' for nothing. */
  readonly basePath: string;
}

const defaultSocket = '/var/run/docker.sock';
const defaultPort = '2375';

/** Throws a CommandFailed for what is no address, and for one that is not modelled. */
export function* endpointOf(globals: ParsedFlags, env: Environment): Running<Endpoint> {
  const context = contextOf(globals, env);
  if (context !== 'default') throw unresolved(contextNotFound(context, globals, env));
  return yield* defaultEndpoint(globals, env);
}

/** Where the default context is, whichever is asked for. */
export function* defaultEndpoint(globals: ParsedFlags, env: Environment): Running<Endpoint> {
  const hosts = listFlag(globals, 'host');
  if (hosts.length > 1) throw unresolved('Please specify only one -H');
  return yield* endpointAt((hosts[0] ?? env['DOCKER_HOST'] ?? '').trim());
}

/** Which context is asked for. docker: resolveContextName(). */
export function contextOf(globals: ParsedFlags, env: Environment): string {
  const given = stringFlag(globals, 'context');
  if (given !== '') return given;
  const names = listFlag(globals, 'host').length > 0 || (env['DOCKER_HOST'] ?? '') !== '';
  return names ? 'default' : env['DOCKER_CONTEXT'] || 'default';
}

/** Why a context cannot be read: of them there is only `default`. */
export function contextNotFound(context: string, globals: ParsedFlags, env: Environment): string {
  const directory = stringFlag(globals, 'config') || env['DOCKER_CONFIG'] || `${env['HOME'] ?? ''}/.docker`;
  const path = `${directory}/contexts/meta/${sha256(context)}/meta.json`;
  return `context "${context}": context not found: open ${path}: no such file or directory`;
}

function* endpointAt(text: string): Running<Endpoint> {
  const [, scheme = 'tcp', rest = ''] = /^(?:(.*?):\/\/)?(.*)$/s.exec(text === '' ? 'unix://' : text) ?? [];
  switch (scheme) {
    case 'unix': {
      if (rest.includes('://')) throw unresolved(`invalid proto, expected unix: ${rest}`);
      const path = rest === '' ? defaultSocket : rest;
      return { address: `unix://${path}`, to: path, basePath: '' };
    }
    case 'tcp':
      return yield* internetEndpoint(rest);
    case 'npipe':
      throw uninitialized('protocol not available');
    case 'fd':
      if (rest === '') throw uninitialized(`unable to parse docker host \`${text}\``);
      throw unmodelled(text);
    case 'ssh':
      if (rest === '') throw uninitialized('ssh host connection is not valid: no host specified');
      throw unmodelled(text);
    default:
      throw unresolved(`invalid bind address format: ${text}`);
  }
}

/** docker: opts.ParseTCPAddr(). There is no way to another machine. */
function* internetEndpoint(text: string): Running<Endpoint> {
  if (text.includes('://')) throw unresolved(`invalid proto, expected tcp: ${text}`);
  const url = parseTcpUrl(`tcp://${text}`);
  if ('error' in url) throw unresolved(url.error);
  const split = splitHostPort(url.host) ?? splitHostPort(joinHostPort(url.host, defaultPort));
  if (split === undefined) throw unresolved(`invalid bind address format: ${text}`);
  const name = split.name === '' ? 'localhost' : split.name;
  const port = split.port === '' ? defaultPort : split.port;
  const address = `tcp://${joinHostPort(name, port)}${url.path}`;
  const resolved = yield* resolveHost(name.toLowerCase());
  if (resolved === null || !isLoopbackAddress(resolved)) throw unmodelled(address);
  return { address, to: { address: resolved, port: Number(port) }, basePath: url.path };
}

const uninitialized = (because: string): CommandFailed => new CommandFailed(`Failed to initialize: ${because}\n`, 1);

const unresolved = (because: string): CommandFailed => uninitialized(`unable to resolve docker endpoint: ${because}`);

const unmodelled = (address: string): CommandFailed =>
  new CommandFailed(`glassdock: the address ${address} is not modelled yet\n`, 125);
