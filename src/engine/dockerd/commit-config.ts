/** The configuration of a committed image: the container's, changed by lines of a Dockerfile. */
import type { ImageConfig } from '../../programs/images/image.ts';
import { cleanPath } from '../docker/copy-paths.ts';
import { parseDuration } from '../docker/duration.ts';
import { goQuote } from '../go-text.ts';
import { checkPublish, portSettings } from '../docker/ports.ts';
import { badRequest } from './api-error.ts';
import { expandWord, instructionsOf, splitWords } from './dockerfile-words.ts';
import { signalOf } from './kill.ts';
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
    ...(config.Healthcheck === undefined ? {} : { Healthcheck: config.Healthcheck }),
    Labels: config.Labels,
  };
}

/**
 * `--change`: each instruction changes the configuration. Throws 400 for one that is none of these. moby:
 * builder/dockerfile, BuildFromConfig().
 */
export function changedConfig(config: ImageConfig, changes: readonly string[]): ImageConfig {
  const instructions = instructionsOf(changes.join('\n'));
  if (changes.length > 0 && instructions.length === 0) throw badRequest('file with no instructions');
  const parsed = instructions.map((line) => {
    const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
    return [word.toUpperCase(), rest, word] as const;
  });
  // All are read before the first one acts.
  const alien = parsed.find(([instruction]) => instructionOf(instruction) === undefined);
  if (alien !== undefined) throw badRequest(`${alien[2]} is not a valid change command`);
  const changed = parsed.reduce((before, [instruction, rest], index) => {
    const { Cmd: _, ...bare } = before;
    // An entrypoint takes no words that were meant for another one.
    const resets = instruction === 'ENTRYPOINT' && !parsed.slice(0, index).some(([name]) => name === 'CMD');
    return changedBy(resets ? bare : before, instruction, rest);
  }, config);
  // Where neither is left, the container's come back. moby: merge().
  const isBare = (changed.Entrypoint ?? []).length === 0 && (changed.Cmd ?? []).length === 0;
  return isBare && config.Cmd !== undefined ? { ...changed, Cmd: config.Cmd } : changed;
}

type Change = (config: ImageConfig, rest: string, expand: (word: string) => string) => ImageConfig;

function changedBy(config: ImageConfig, instruction: string, rest: string): ImageConfig {
  // An empty CMD or ENTRYPOINT takes the image's away.
  const needs = /^(?:USER|WORKDIR|STOPSIGNAL)$/.test(instruction) ? 'exactly' : 'at least';
  if (rest === '' && !/^(?:CMD|ENTRYPOINT)$/.test(instruction))
    throw badRequest(`${instruction} requires ${needs} one argument`);
  return instructionOf(instruction)?.(config, rest, (word) => expandWord(word, config.Env)) ?? config;
}

function instructionOf(name: string): Change | undefined {
  return Object.hasOwn(changesBy, name) ? changesBy[name] : undefined;
}

const changesBy: Readonly<Record<string, Change>> = {
  CMD: ({ Cmd: _, ...config }, rest) => ({ ...config, ...(rest === '[]' ? {} : { Cmd: commandOf(rest) }) }),
  ENTRYPOINT: (config, rest) => ({ ...config, Entrypoint: commandOf(rest) }),
  ENV: (config, rest, expand) => ({
    ...config,
    Env: replaceOrAppend(
      config.Env,
      settingsOf(rest, 'ENV', expand).map(([name, value]) => `${name}=${value}`),
    ),
  }),
  LABEL: (config, rest, expand) => ({
    ...config,
    Labels: { ...config.Labels, ...Object.fromEntries(settingsOf(rest, 'LABEL', expand)) },
  }),
  EXPOSE: (config, rest, expand) => {
    const ports = splitWords(rest).flatMap((word) => expand(word).split(/\s+/));
    const specs = ports.filter((port) => port !== '');
    const wrong = specs.map(checkPublish).find((words) => words !== undefined);
    if (wrong !== undefined) throw badRequest(wrong);
    return { ...config, ExposedPorts: sortedByName({ ...config.ExposedPorts, ...portSettings(specs, []).exposed }) };
  },
  VOLUME: (config, rest, expand) => {
    const paths = jsonList(rest) ?? splitWords(rest);
    if (paths.length === 0) throw badRequest('VOLUME requires at least one argument');
    return {
      ...config,
      Volumes: sortedByName({ ...config.Volumes, ...Object.fromEntries(paths.map((path) => [expand(path), {}])) }),
    };
  },
  USER: (config, rest, expand) => ({ ...config, User: expand(rest) }),
  WORKDIR: (config, rest, expand) => {
    const path = expand(rest);
    return { ...config, WorkingDir: cleanPath(path.startsWith('/') ? path : `/${config.WorkingDir ?? ''}/${path}`) };
  },
  STOPSIGNAL: (config, rest, expand) => {
    const signal = expand(rest);
    signalOf(signal);
    return { ...config, StopSignal: signal };
  },
  HEALTHCHECK: (config, rest) => ({ ...config, Healthcheck: healthcheckOf(rest) }),
  ONBUILD: (config, rest) => {
    const [trigger = ''] = rest.split(/\s/);
    if (/^onbuild$/i.test(trigger)) throw badRequest("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    if (/^(?:maintainer|from)$/i.test(trigger))
      throw badRequest(`${trigger.toUpperCase()} isn't allowed as an ONBUILD trigger`);
    return { ...config, OnBuild: [...(config.OnBuild ?? []), rest] };
  },
};

/** Go writes a map in the order of its keys. */
function sortedByName<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** `["a", "b"]` as it is; anything else is for a shell. */
function commandOf(text: string): readonly string[] {
  return jsonList(text) ?? ['/bin/sh', '-c', ...(text === '' ? [] : [text])];
}

function jsonList(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  const list = parsedJson(text);
  if (!Array.isArray(list)) return undefined;
  if (!list.every((word) => typeof word === 'string'))
    throw badRequest('when using JSON array syntax, arrays must be comprised of strings only');
  return list;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `A=1 B="two words"`, or the old way: `A 1`. */
function settingsOf(
  text: string,
  instruction: string,
  expand: (word: string) => string,
): readonly (readonly [name: string, value: string])[] {
  const words = splitWords(text);
  const [first = ''] = words;
  if (!first.includes('=')) {
    const [name = '', value] = text.split(/\s+(.*)/s);
    if (value === undefined) throw badRequest(`${instruction} must have two arguments`);
    return [[expand(name), expand(value)]];
  }
  return words.map((word) => {
    if (!word.includes('='))
      throw badRequest(`Syntax error - can't find = in "${word}". Must be of the form: name=value`);
    const [name = '', value = ''] = word.split(/=(.*)/s);
    if (name === '') throw badRequest(`${instruction} names can not be blank`);
    return [expand(name), expand(value)];
  });
}

/** `--interval=5s CMD test -f /ok`, or `NONE`. buildkit: instructions/parse.go, parseHealthcheck(). */
function healthcheckOf(text: string): NonNullable<ImageConfig['Healthcheck']> {
  const flags = /^(?:--\S+\s*)*/.exec(text)?.[0] ?? '';
  const [kind = '', command = ''] = text.slice(flags.length).split(/\s+(.*)/s);
  const times = timesOf(flags.split(/\s+/).filter((flag) => flag !== ''));
  switch (kind.toUpperCase()) {
    case 'NONE':
      if (command !== '') throw badRequest('HEALTHCHECK NONE takes no arguments');
      return { Test: ['NONE'] };
    case 'CMD': {
      if (command === '') throw badRequest('Missing command after HEALTHCHECK CMD');
      const list = jsonList(command);
      return { Test: list === undefined ? ['CMD-SHELL', command] : ['CMD', ...list], ...times };
    }
    default:
      throw badRequest(`Unknown type ${goQuote(kind.toUpperCase())} in HEALTHCHECK (try CMD)`);
  }
}

const healthFields: Readonly<Record<string, string>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
  retries: 'Retries',
};

/** As the configuration shows them. */
function inOrder(one: string, other: string): number {
  const place = (flag: string): number => Object.keys(healthFields).indexOf(flag.slice(2).split('=')[0] ?? '');
  return place(one) - place(other);
}

function timesOf(flags: readonly string[]): Readonly<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const flag of flags.toSorted(inOrder)) {
    const [name = '', value = ''] = flag.slice(2).split(/=(.*)/s);
    const field = Object.hasOwn(healthFields, name) ? healthFields[name] : undefined;
    if (field === undefined) throw badRequest(`unknown flag: ${name}`);
    const number = field === 'Retries' ? Number(value) : parseDuration(value);
    if (typeof number !== 'number') throw badRequest(number.error);
    if (number !== 0) times[field] = number;
  }
  return times;
}
