/** The shim's command line, as containerd calls it (runtime/v2/README.md, "Commands"): flags, then an action. */
export interface ShimFlags {
  /** argv[0]. */
  readonly program: string;
  readonly namespace: string;
  readonly id: string;
  /** containerd's gRPC socket. */
  readonly address: string;
  readonly bundle: string;
  /** Empty: to be the shim. */
  readonly action: '' | 'start' | 'delete';
}

export function parseShimFlags(argv: readonly string[]): ShimFlags {
  const values: Record<string, string> = {};
  let action = '';
  for (let index = 1; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '-debug') continue;
    if (word.startsWith('-')) {
      index += 1;
      values[word.replace(/^--?/, '')] = argv[index] ?? '';
    } else {
      action = word;
    }
  }
  return {
    program: argv[0] ?? '',
    namespace: values['namespace'] ?? '',
    id: values['id'] ?? '',
    address: values['address'] ?? '',
    bundle: values['bundle'] ?? '',
    action: action === 'start' || action === 'delete' ? action : '',
  };
}
