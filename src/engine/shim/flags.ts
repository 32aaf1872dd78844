/** The shim's command line, as containerd calls it (runtime/v2/README.md, "Commands"): flags, then an action. */
export interface ShimFlags {
  /** argv[0]. */
  readonly program: string;
  readonly namespace: string;
  readonly id: string;
  /** containerd's gRPC socket. */
  readonly address: string;
  readonly bundle: string;
  /** `-v`. */
  readonly isVersionAsked: boolean;
  /** Empty: to be the shim. */
  readonly action: '' | 'start' | 'delete';
}

const valued: ReadonlySet<string> = new Set(['namespace', 'id', 'address', 'bundle', 'publish-binary', 'socket']);

/** What `-v` says. */
export const shimVersion =
  'containerd-shim-runc-v2:\n  Version:  1.7.24~ds1\n  Revision: 1.7.24~ds1-6+deb13u1\n  Go version: go1.24.4\n\n';

/** What `-h` says. */
export const shimUsage = `Usage of containerd-shim-runc-v2:
  -address string
    \tgrpc address back to main containerd
  -bundle string
    \tpath to the bundle if not workdir
  -debug
    \tenable debug output in logs
  -id string
    \tid of the task
  -namespace string
    \tnamespace that owns the shim
  -publish-binary string
    \tpath to publish binary (used for publishing events), but \
containerd-shim-runc-v2 will ignore this flag, please use the TTRPC_ADDRESS env
  -socket string
    \tsocket path to serve
  -v\tshow the shim version and exit
`;

/** @returns the flags, or the words with which Go's package `flag` refuses them. */
export function parseShimFlags(argv: readonly string[]): ShimFlags | { readonly refusal: string } {
  const values: Record<string, string> = {};
  let index = 1;
  for (; index < argv.length; index += 1) {
    const [, name, given] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argv[index] ?? '') ?? [];
    if (name === undefined) break;
    if (name === 'debug' || name === 'v') {
      values[name] = 'true';
      continue;
    }
    if (!valued.has(name))
      return { refusal: /^h(?:elp)?$/.test(name) ? '' : `flag provided but not defined: -${name}\n` };
    const value = given ?? argv[(index += 1)];
    if (value === undefined) return { refusal: `flag needs an argument: -${name}\n` };
    values[name] = value;
  }
  const action = argv[index] ?? '';
  return {
    program: argv[0] ?? '',
    namespace: values['namespace'] ?? '',
    id: values['id'] ?? '',
    address: values['address'] ?? '',
    bundle: values['bundle'] ?? '',
    isVersionAsked: values['v'] !== undefined,
    action: action === 'start' || action === 'delete' ? action : '',
  };
}
