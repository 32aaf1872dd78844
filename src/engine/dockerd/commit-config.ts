/** The configuration of a committed image: the container's, changed by lines of a Dockerfile. */
import type { ImageConfig } from '../../programs/images/image.ts';
import { ApiError, badRequest } from './api-error.ts';
import { replaceOrAppend } from './oci-spec.ts';
import type { ContainerConfig } from './records.ts';

/** What an image keeps of its container's configuration. moby: daemon/commit.go, merge(). */
export function configOfContainer(config: ContainerConfig): ImageConfig {
  return {
    ...(config.Cmd === null ? {} : { Cmd: config.Cmd }),
    ...(config.Entrypoint === null ? {} : { Entrypoint: config.Entrypoint }),
    Env: config.Env ?? [],
    ...(config.WorkingDir === '' ? {} : { WorkingDir: config.WorkingDir }),
    ...(config.User === '' ? {} : { User: config.User }),
    ...(config.ExposedPorts === undefined ? {} : { ExposedPorts: config.ExposedPorts }),
    ...(config.Volumes === null ? {} : { Volumes: config.Volumes }),
    ...(config.StopSignal === undefined ? {} : { StopSignal: config.StopSignal }),
    Labels: config.Labels,
  };
}

/**
 * `--change`: each line changes the configuration. Throws 400 for a line that is none of these; 501 for one without a
 * model. moby: builder/dockerfile, BuildFromConfig().
 */
export function changedConfig(config: ImageConfig, changes: readonly string[]): ImageConfig {
  const lines = changes.flatMap((change) => change.split('\n'));
  if (lines.length > 0 && lines.every((line) => line.trim() === '')) throw badRequest('file with no instructions');
  return lines.reduce(changedBy, config);
}

function changedBy(config: ImageConfig, line: string): ImageConfig {
  const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
  if (word === '') return config;
  const instruction = word.toUpperCase();
  // An empty CMD or ENTRYPOINT takes the image's away.
  const needs = /^(?:USER|WORKDIR|STOPSIGNAL)$/.test(instruction) ? 'exactly' : 'at least';
  if (rest === '' && !/^(?:CMD|ENTRYPOINT)$/.test(instruction))
    throw badRequest(`${instruction} requires ${needs} one argument`);
  switch (instruction) {
    case 'CMD':
      return { ...config, Cmd: commandOf(rest) };
    case 'ENTRYPOINT':
      return { ...config, Entrypoint: commandOf(rest) };
    case 'ENV':
      return { ...config, Env: replaceOrAppend(config.Env, settingsOf(rest, instruction)) };
    case 'LABEL':
      return {
        ...config,
        Labels: { ...config.Labels, ...Object.fromEntries(settingsOf(rest, instruction).map(pair)) },
      };
    case 'EXPOSE':
      return { ...config, ExposedPorts: { ...config.ExposedPorts, ...emptyOf(portsOf(rest)) } };
    case 'VOLUME':
      return { ...config, Volumes: { ...config.Volumes, ...emptyOf(jsonList(rest) ?? rest.split(/\s+/)) } };
    case 'USER':
      return { ...config, User: rest };
    case 'WORKDIR':
      return { ...config, WorkingDir: rest.startsWith('/') ? rest : `${config.WorkingDir ?? ''}/${rest}` };
    case 'STOPSIGNAL':
      return { ...config, StopSignal: rest };
    case 'ONBUILD':
    case 'HEALTHCHECK':
      throw new ApiError(501, `glassdock: commit --change ${instruction} is not modelled yet`);
    default:
      throw badRequest(`${word} is not a valid change command`);
  }
}

/** `["a", "b"]` as it is; anything else is for a shell. */
function commandOf(text: string): readonly string[] {
  return text === '' ? [] : (jsonList(text) ?? ['/bin/sh', '-c', text]);
}

function jsonList(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((word) => typeof word === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** `A=1 B="two words"`, or the old way: `A 1`. */
function settingsOf(text: string, instruction: string): readonly string[] {
  const first = text.split(/\s/)[0] ?? '';
  if (!first.includes('=')) {
    const [name = '', value] = text.split(/\s+(.*)/s);
    if (value === undefined) throw badRequest(`dockerfile parse error line 1: ${instruction} must have two arguments`);
    return [`${name}=${value}`];
  }
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => String(double ?? single)));
}

function pair(setting: string): [string, string] {
  const [name = '', value = ''] = setting.split(/=(.*)/s);
  return [name, value];
}

function portsOf(text: string): readonly string[] {
  return text.split(/\s+/).map((port) => (port.includes('/') ? port.toLowerCase() : `${port}/tcp`));
}

function emptyOf(names: readonly string[]): Readonly<Record<string, Record<string, never>>> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}
