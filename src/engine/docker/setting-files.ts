/**
 * `--env-file`, `--label-file` and the profile of `--security-opt seccomp`. docker: opts/file.go, parseKeyValueFile(),
 * opts/parse.go, readKVStrings(), container/opts.go, parseSecurityOpts().
 */
import { isErrno, strerror } from '../../kernel/errno.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { unmarshalJson } from '../go-json.ts';
import { linesOf, readFile } from '../../programs/io.ts';
import { listFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';

/** Why a file cannot be read or understood, in the client's words. */
export class SettingFileError extends Error {}

/** Settings out of files, which come before those of the command line. */
export interface FileSettings {
  readonly fileEnv: readonly string[];
  readonly fileLabels: readonly string[];
  /** With the profile's text instead of its file's name; null without any. */
  readonly securityOptions: readonly string[] | null;
}

/** Reads the files that the flags name. Throws a SettingFileError. */
export function* fileSettings(flags: ParsedFlags, env: Environment): Running<FileSettings> {
  return {
    fileEnv: yield* readSettings(listFlag(flags, 'env-file'), env),
    fileLabels: yield* readSettings(listFlag(flags, 'label-file'), null),
    securityOptions: yield* readProfiles(listFlag(flags, 'security-opt')),
  };
}

/**
 * The lines of the files that are neither empty nor remarks. A name without `=` takes its value from `env`; without
 * one, or where there is no `env`, it is left out.
 */
export function* readSettings(paths: readonly string[], env: Environment | null): Running<readonly string[]> {
  const settings: string[] = [];
  for (const path of paths) {
    for (const line of linesOf(yield* readOrRefuse(path))) settings.push(...settingOf(line.trimStart(), env));
  }
  return settings;
}

function* readProfiles(options: readonly string[]): Running<readonly string[] | null> {
  const read: string[] = [];
  for (const option of options) {
    const [, file = ''] = /^seccomp[=:](.+)$/s.exec(option) ?? [];
    if (file === '' || file === 'builtin' || file === 'unconfined') read.push(option);
    else
      read.push(`seccomp=${compacted(file, yield* readOrRefuse(file, `opening seccomp profile (${file}) failed: `))}`);
  }
  return read.length === 0 ? null : read;
}

function compacted(file: string, text: string): string {
  const json = unmarshalJson(text);
  if ('complaint' in json)
    throw new SettingFileError(`compacting json for seccomp profile (${file}) failed: ${json.complaint}`);
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/gs, '$1');
}

function* readOrRefuse(path: string, before = ''): Running<string> {
  try {
    return yield* readFile(path);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const verb = error.errno === 'EISDIR' ? 'read' : 'open';
    throw new SettingFileError(`${before}${verb} ${path}: ${strerror(error.errno).toLowerCase()}`);
  }
}

function settingOf(text: string, env: Environment | null): readonly string[] {
  const line = text.replace(/\r$/, '');
  if (line === '' || line.startsWith('#')) return [];
  const at = line.indexOf('=');
  const name = at === -1 ? line : line.slice(0, at);
  if (/[ \t]/.test(name)) throw new SettingFileError(poorly(`variable '${name}' contains whitespaces`));
  if (name === '') throw new SettingFileError(poorly(`no variable name on line '${line}'`));
  if (at !== -1) return [line];
  const value = env?.[name];
  return value === undefined ? [] : [`${name}=${value}`];
}

const poorly = (what: string): string => `poorly formatted environment: ${what}`;
