/**
 * apt-get(8), for one purpose: another version of docker.io or containerd over the running one. The files say another
 * version and do the same; what is to be seen is how the daemons are replaced.
 */
import type { Environment, Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFileIfAny, writeAll } from '../io.ts';
import { run } from '../spawn.ts';

interface Package {
  /** The first is installed at the beginning. */
  readonly versions: readonly string[];
  /** Path and program of each executable. */
  readonly files: readonly (readonly [path: string, program: string])[];
  /** What the package's postinst restarts. */
  readonly service: string;
}

const packages: Readonly<Record<string, Package>> = {
  'docker.io': {
    versions: ['26.1.5+dfsg1-9', '27.5.1+dfsg4-1'],
    files: [['/usr/sbin/dockerd', 'dockerd']],
    service: 'docker',
  },
  containerd: {
    versions: ['1.7.24~ds1-6+deb13u1', '1.7.28~ds1-1'],
    files: [
      ['/usr/bin/containerd', 'containerd'],
      ['/usr/bin/containerd-shim-runc-v2', 'containerd-shim-runc-v2'],
    ],
    service: 'containerd',
  },
};

const failed = 100;

export function* aptGetMain(argv: readonly string[], env: Environment): Running {
  const [verb, ...wanted] = argv.slice(1).filter((word) => !word.startsWith('-'));
  if (verb !== 'install' || wanted.length === 0) {
    yield* print('glassdock: apt-get knows `install docker.io=VERSION` and `install containerd=VERSION`\n', 2);
    for (const [name, { versions }] of Object.entries(packages)) yield* print(`  ${name}: ${versions.join(', ')}\n`, 2);
    return failed;
  }
  yield* print('Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n');
  const upgrades: { readonly name: string; readonly from: string; readonly to: string }[] = [];
  for (const word of wanted) {
    const [name = '', to] = word.split('=');
    const known = packages[name];
    if (known === undefined) return yield* refuse(`Unable to locate package ${name}`);
    const from = yield* installedVersion(known);
    if (to !== undefined && !known.versions.includes(to))
      return yield* refuse(`Version '${to}' for '${name}' was not found`);
    if (to === undefined || to === from) yield* print(`${name} is already the newest version (${from}).\n`);
    else upgrades.push({ name, from, to });
  }
  if (upgrades.length > 0)
    yield* print(`The following packages will be upgraded:\n  ${upgrades.map(({ name }) => name).join(' ')}\n`);
  yield* print(`${upgrades.length} upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`);
  for (const { name, from, to } of upgrades) {
    yield* print(`Unpacking ${name} (${to}) over (${from}) ...\n`);
    for (const file of packages[name]?.files ?? []) yield* replaceFile(file, to);
  }
  for (const { name, to } of upgrades) {
    yield* print(`Setting up ${name} (${to}) ...\n`);
    const restart = ['systemctl', 'restart', packages[name]?.service ?? ''];
    yield* run({ path: '/usr/bin/systemctl', argv: restart, env });
  }
  return 0;
}

function* refuse(words: string): Running {
  yield* print(`E: ${words}\n`, 2);
  return failed;
}

function* installedVersion({ files, versions }: Package): Running<string> {
  const content = (yield* readFileIfAny(files[0]?.[0] ?? '')) ?? '';
  return /^version=(.+)$/m.exec(content)?.[1] ?? versions[0] ?? '';
}

/** As dpkg does: written beside and renamed over, so that who runs from the old file keeps it. */
function* replaceFile([path, program]: readonly [string, string], version: string): Running<void> {
  const fd = yield* sys.open(`${path}.dpkg-new`, O.WRONLY | O.CREAT | O.TRUNC | O.CLOEXEC, 0o755);
  yield* writeAll(fd, `\x7fELF\x00glassdock:${program}\nversion=${version}\n`);
  yield* sys.close(fd);
  yield* sys.rename(`${path}.dpkg-new`, path);
}
