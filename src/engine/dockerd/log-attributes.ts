/**
 * What every line of a log carries besides, as `--log-opt` asks for it: labels, variables and a tag. moby:
 * daemon/logger, loginfo.go; loggerutils, ParseLogTag().
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { parseTemplate } from '../docker/go-template.ts';
import { goValue } from '../docker/go-value.ts';
import type { StructType } from '../docker/go-value.ts';
import { goRegExp, whyNoRegExp } from '../go-regexp.ts';
import { serverError } from './api-error.ts';
import type { Container } from './container.ts';
import type { ContainerRecord, HostConfig } from './records.ts';

/** In the order of their names; undefined without any. Throws an ApiError for options that cannot be read. */
export function* attributesOf(container: Container): Running<Readonly<Record<string, string>> | undefined> {
  const { Config } = container.host.LogConfig;
  const { Labels, Env } = container.record.Config;
  const variables = (Env ?? []).flatMap((text): readonly (readonly [string, string])[] => {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    return name === undefined ? [] : [[name, value ?? '']];
  });
  const found = [
    ...chosen(Object.entries(Labels), Config['labels'], Config['labels-regex']),
    ...chosen(variables, Config['env'], Config['env-regex']),
    ...(yield* tagOf(container)),
  ];
  const inOrder = Object.entries(Object.fromEntries(found)).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return inOrder.length === 0 ? undefined : Object.fromEntries(inOrder);
}

type Pairs = readonly (readonly [name: string, value: string])[];

function chosen(all: Pairs, names = '', pattern = ''): Pairs {
  const listed = names.split(',');
  const expression = pattern === '' ? undefined : goRegExp(pattern);
  if (expression === null) throw serverError(`error parsing regexp: ${whyNoRegExp(pattern)}`);
  return all.filter(([name]) => (names !== '' && listed.includes(name)) || expression?.test(name) === true);
}

const info: StructType = {
  name: 'logger.Info',
  fields: {
    ...Object.fromEntries(
      [
        ...['ID', 'FullID', 'Name', 'ImageID', 'ImageFullID', 'ImageName', 'Command', 'Hostname'],
        ...['ContainerID', 'ContainerName', 'ContainerEntrypoint', 'ContainerImageID', 'ContainerImageName'],
        ...['LogPath', 'DaemonName'],
      ].map((name) => [name, 'text'] as const),
    ),
    ContainerArgs: { list: 'text' },
    ContainerEnv: { list: 'text' },
    ContainerLabels: { map: 'text' },
    Config: { map: 'text' },
  },
};

function* tagOf({ record, host }: Container): Running<Pairs> {
  const source = host.LogConfig.Config['tag'] ?? '';
  if (source === '') return [];
  const template = parseTemplate(source, { name: 'log-tag' });
  if ('error' in template) throw serverError(template.error);
  const { nodename } = yield* sys.uname();
  const { text, error } = template.execute(goValue({ ...infoOf(record, host), Hostname: nodename }, { pointer: info }));
  if (error !== undefined) throw serverError(error);
  return text === '' ? [] : [['tag', text]];
}

function infoOf({ ID, Name, Image, Config, Path, Args, LogPath }: ContainerRecord, host: HostConfig): object {
  return {
    ID: ID.slice(0, 12),
    FullID: ID,
    Name: Name.replace(/^\//, ''),
    ImageID: Image.slice(0, 12),
    ImageFullID: Image,
    ImageName: Config.Image,
    Command: [Path, ...Args].join(' '),
    ContainerID: ID,
    ContainerName: Name,
    ContainerEntrypoint: Path,
    ContainerArgs: Args,
    ContainerImageID: Image,
    ContainerImageName: Config.Image,
    ContainerEnv: Config.Env,
    ContainerLabels: Config.Labels,
    Config: host.LogConfig.Config,
    LogPath,
    DaemonName: 'docker',
  };
}
