/**
 * Completes package-lock.json with the optional packages of other platforms.
 *
 * Many tools ship their binary as one optional package a platform. A registry mirror that lacks some of them makes
 * npm write a lock without them, and `npm ci` then refuses that lock ("Missing … from lock file"), here and elsewhere.
 * This adds the missing entries from what the packages themselves declare. Run it after every `npm install <package>`;
 * it prints what it added. With `--check` it writes nothing and fails when something is missing, or when the lock names
 * the address of a registry.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const lockFile = new URL('../package-lock.json', import.meta.url);
const checkOnly = process.argv.includes('--check');
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'];

/** A platform package's name says where it runs: `@oxlint/binding-linux-x64-musl`. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const libc = os.includes('linux')
    ? ['musl', 'glibc'].filter((library) => words.includes(library === 'glibc' ? 'gnu' : library))
    : [];
  return {
    ...(cpu.length > 0 && { cpu }),
    ...(libc.length > 0 && { libc }),
    ...(os.length > 0 && { os }),
  };
}

/** Node's own look-up: the nearest `node_modules` upwards from the package that asks. */
function isInLock(asker, name) {
  for (let folder = asker; ; folder = folder.slice(0, folder.lastIndexOf('node_modules/')).replace(/\/$/, '')) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
  }
}

const added = [];
for (const [asker, entry] of Object.entries({ ...lock.packages })) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isInLock(asker, name)) continue;
    const version = /^[~^]?(\d+\.\d+\.\d+\S*)$/.exec(range)?.[1];
    if (version === undefined)
      throw new Error(`complete-lock: ${asker} wants ${name}@${range}; no exact version can be told from that`);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(entry.dev && { dev: true }),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}

const addresses = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined && !entry.link);
if (addresses.length > 0) {
  console.error(
    `complete-lock: ${addresses.length} entries name a registry's address; .npmrc says omit-lockfile-registry-resolved`,
  );
  process.exitCode = 1;
}
if (checkOnly && added.length > 0) {
  console.error(`complete-lock: missing from the lock, run "node scripts/complete-lock.mjs": ${added.join(', ')}`);
  process.exitCode = 1;
}
if (!checkOnly && added.length > 0) {
  const inOrder = Object.entries(lock.packages).toSorted(([left], [right]) => left.localeCompare(right, 'en'));
  lock.packages = Object.fromEntries(inOrder);
  writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`complete-lock: added ${added.length}: ${added.join(', ')}`);
}
