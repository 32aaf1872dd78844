/** What an image is made for: `linux/amd64`. containerd: github.com/containerd/platforms. */

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** `v8`, '' for none. */
  readonly variant: string;
}

/** What a text means, or the words with which it is refused. containerd: platforms.Parse(). */
export function parsePlatform(text: string): Platform | { readonly error: string } {
  const refused = (because: string) => ({ error: `${because}: invalid argument` });
  if (text.includes('*')) return refused(`"${text}": wildcards not yet supported`);
  const [first = '', ...rest] = text.split('/');
  const name = osAndVersion.exec(first)?.[1];
  if (name === undefined)
    return refused(
      `"${first}" is an invalid OS component of "${text}": OSAndVersion specifier component must match ` +
        `"${osAndVersion.source.replaceAll('\\', '\\\\')}"`,
    );
  const wrong = rest.find((part) => !component.test(part));
  if (wrong !== undefined)
    return refused(
      `"${wrong}" is an invalid component of "${text}": platform specifier component must match "${component.source}"`,
    );
  const os = systemNamed(name);
  const [architecture, variant] = rest;
  if (rest.length > 2) return refused(`"${text}": cannot parse platform specifier`);
  if (architecture !== undefined) return { os, ...withVariant(processorNamed(architecture, variant), variant) };
  if (systems.has(os)) return { os, ...own };
  const processor = processorNamed(first);
  if (processors.has(processor.architecture)) return { os: 'linux', ...withVariant(processor) };
  return refused(`"${text}": unknown operating system or architecture`);
}

/** containerd: platforms.Format(). */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return `${os}/${architecture}${variant === '' ? '' : `/${variant}`}`;
}

/** Whether an image for this machine, as all of the registry's are, is one for the platform. */
export function isOwnPlatform({ os, architecture }: Platform): boolean {
  return os === 'linux' && architecture === own.architecture;
}

type Processor = Pick<Platform, 'architecture' | 'variant'>;

const own: Processor = { architecture: 'amd64', variant: '' };
const osAndVersion = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.-]*)\))?$/;
const component = /^[A-Za-z0-9_-]+$/;

const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
);

const processors = new Set(
  (
    '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 ' +
    'mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' '),
);

/** containerd: normalizeOS(). */
function systemNamed(name: string): string {
  return name.toLowerCase() === 'macos' ? 'darwin' : name.toLowerCase();
}

/** containerd: normalizeArch(). */
function processorNamed(name: string, given = ''): Processor {
  const architecture = name.toLowerCase();
  const variant = given.toLowerCase();
  switch (architecture) {
    case 'i386':
      return { architecture: '386', variant: '' };
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return { architecture: 'amd64', variant: variant === 'v1' ? '' : variant };
    case 'aarch64':
    case 'arm64':
      return { architecture: 'arm64', variant: /^v?8$/.test(variant) ? '' : variant };
    case 'armhf':
      return { architecture: 'arm', variant: 'v7' };
    case 'armel':
      return { architecture: 'arm', variant: 'v6' };
    case 'arm':
      return { architecture, variant: variant === '' ? 'v7' : variant.replace(/^[5678]$/, 'v$&') };
    default:
      return { architecture, variant };
  }
}

/** What a variant is that nobody named, or that is the usual one. */
function withVariant(processor: Processor, given?: string): Processor {
  const { architecture, variant } = processor;
  if (given === undefined)
    return architecture === 'arm' && variant === 'v7' ? { architecture, variant: '' } : processor;
  return architecture === 'arm64' && variant === '' ? { architecture, variant: 'v8' } : processor;
}
