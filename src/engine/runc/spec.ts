/** The OCI runtime specification's config.json, as far as runc here reads it. Field names are the specification's. */
import type { DeviceRule } from '../../kernel/abi.ts';

export interface Spec {
  readonly ociVersion: string;
  readonly process: ProcessSpec;
  readonly root: { readonly path: string; readonly readonly?: boolean };
  readonly hostname?: string;
  readonly mounts?: readonly MountSpec[];
  readonly hooks?: Hooks;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: LinuxSpec;
}

export interface ProcessSpec {
  readonly terminal?: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly user: { readonly uid: number; readonly gid: number; readonly additionalGids?: readonly number[] };
  readonly args: readonly string[];
  readonly env?: readonly string[];
  readonly cwd: string;
  readonly capabilities?: Capabilities;
  readonly noNewPrivileges?: boolean;
  readonly oomScoreAdj?: number;
  readonly rlimits?: readonly { readonly type: string; readonly hard: number; readonly soft: number }[];
}

/** Only the bounding and the effective set act here. */
export interface Capabilities {
  readonly bounding?: readonly string[];
  readonly effective?: readonly string[];
  readonly permitted?: readonly string[];
  readonly ambient?: readonly string[];
}

export interface MountSpec {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
}

/** Programs to run at moments of a container's life, each list in its order. */
export interface Hooks {
  readonly prestart?: readonly HookSpec[];
  readonly createRuntime?: readonly HookSpec[];
  readonly createContainer?: readonly HookSpec[];
  readonly startContainer?: readonly HookSpec[];
  readonly poststart?: readonly HookSpec[];
  readonly poststop?: readonly HookSpec[];
}

export interface HookSpec {
  readonly path: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  /** Seconds after which it is killed. */
  readonly timeout?: number;
}

export interface LinuxSpec {
  readonly cgroupsPath?: string;
  readonly namespaces?: readonly { readonly type: NamespaceType; readonly path?: string }[];
  /** Made beside the usual ones. */
  readonly devices?: readonly DeviceSpec[];
  readonly resources?: Resources;
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly seccomp?: unknown;
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
}

export interface DeviceSpec {
  readonly path: string;
  /** `c` or `u`: a character device; `b`: a block device; `p`: a fifo. */
  readonly type: string;
  readonly major: number;
  readonly minor: number;
  readonly fileMode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export type NamespaceType = 'mount' | 'uts' | 'ipc' | 'pid' | 'network' | 'user' | 'cgroup' | 'time';

export interface Resources {
  /** Bytes; `swap` is memory and swap together, -1 without a limit. */
  readonly memory?: { readonly limit?: number; readonly swap?: number; readonly reservation?: number };
  /** `quota` microseconds of processor time in each `period` of so many microseconds. */
  readonly cpu?: {
    readonly shares?: number;
    readonly quota?: number;
    readonly period?: number;
    readonly cpus?: string;
    readonly mems?: string;
  };
  readonly pids?: { readonly limit?: number };
  /** Of version 1: 10 to 1000. */
  readonly blockIO?: { readonly weight?: number };
  readonly devices?: readonly DeviceRule[];
}

/** Whether the container has such a namespace of its own, or joins one. */
export function hasNamespace({ linux }: Spec, wanted: NamespaceType): boolean {
  return (linux?.namespaces ?? []).some(({ type }) => type === wanted);
}

/** `NAME=value` lines as an environment. */
export function environmentOf(lines: readonly string[] | undefined): Readonly<Record<string, string>> {
  const pairs = (lines ?? []).map((line): [string, string] => {
    const at = line.indexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
