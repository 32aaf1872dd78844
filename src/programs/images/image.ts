/**
 * What the simulated registry holds: images as layers of files with a configuration, as the OCI image specification has
 * them.
 */

/** One entry of a layer. Directories above it need not be listed: they are made with mode 0755. */
export type ImageFile =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly content: string;
      /** Permission bits, 0o644. */
      readonly mode: number;
      /** What `ls -l` shows, where the real file is larger than its stand-in. */
      readonly nominalSize?: number;
      readonly uid?: number;
      readonly gid?: number;
    }
  | {
      readonly type: 'directory';
      readonly path: string;
      readonly mode: number;
      readonly uid?: number;
      readonly gid?: number;
    }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string };

export interface ImageLayer {
  readonly files: readonly ImageFile[];
  /** Compressed size in bytes: what a pull downloads. */
  readonly mediaSize: number;
  /** Unpacked size in bytes: what `docker images` adds up. */
  readonly size: number;
  /** The Dockerfile line as the image's history shows it. */
  readonly createdBy: string;
}

/** The configuration under the names of the OCI image specification. */
export interface ImageConfig {
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Env: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
  readonly Volumes?: Readonly<Record<string, Record<string, never>>>;
  readonly StopSignal?: string;
  /** HEALTHCHECK of a Dockerfile; times in nanoseconds. Docker's own, not in the specification. */
  readonly Healthcheck?: {
    readonly Test?: readonly string[];
    readonly Interval?: number;
    readonly Timeout?: number;
    readonly StartPeriod?: number;
    readonly StartInterval?: number;
    readonly Retries?: number;
  };
  /** Instructions for whoever builds on this image. */
  readonly OnBuild?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface RegistryImage {
  /** As it is typed: `nginx` for docker.io/library/nginx. */
  readonly repository: string;
  readonly tags: readonly string[];
  /** When it was built, RFC 3339. */
  readonly created: string;
  readonly architecture: 'amd64';
  readonly os: 'linux';
  readonly layers: readonly ImageLayer[];
  readonly config: ImageConfig;
}
