/** getent(1) of glibc: entries of /etc/passwd, /etc/group and /etc/hosts. */
import type { Running } from '../../kernel/abi.ts';
import { complain, linesOf, print, readFileIfAny } from '../io.ts';

interface Database {
  readonly file: string;
  /** Whether an entry, by its fields, is the one of that name or number. */
  readonly isFor: (fields: readonly string[], key: string) => boolean;
}

const accounts = ([name, , id]: readonly string[], key: string): boolean => name === key || id === key;
const databases: Readonly<Record<string, Database>> = {
  passwd: { file: '/etc/passwd', isFor: accounts },
  group: { file: '/etc/group', isFor: accounts },
  hosts: { file: '/etc/hosts', isFor: (fields, key) => fields.includes(key) },
};

/** `getent DATABASE [KEY…]`; 2 when a key is not found. */
export function* getentMain(argv: readonly string[]): Running {
  const [name, ...keys] = argv.slice(1);
  const database = databases[name ?? ''];
  if (database === undefined) {
    if (name === undefined) yield* complain('getent', 'wrong number of arguments');
    else if (name.startsWith('-')) yield* complain('getent', `unrecognized option '${name}'`);
    else if (unmodelled.has(name)) {
      yield* complain('glassdock', `getent ${name} is not modelled yet: passwd, group and hosts are`);
      return 1;
    } else yield* print(`Unknown database: ${name}\n`, 2);
    yield* print("Try `getent --help' or `getent --usage' for more information.\n", 2);
    return name?.startsWith('-') === true ? 64 : 1;
  }
  const separator = database.file === '/etc/hosts' ? /\s+/ : ':';
  const entries = linesOf((yield* readFileIfAny(database.file)) ?? '')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(separator));
  let status = 0;
  const found: (readonly string[])[] = keys.length === 0 ? entries : [];
  for (const key of keys) {
    const entry = entries.find((fields) => database.isFor(fields, key));
    if (entry === undefined) status = 2;
    else found.push(entry);
  }
  for (const fields of found) {
    const [address = '', ...hosts] = fields;
    yield* print(`${separator === ':' ? fields.join(':') : `${address.padEnd(15)} ${hosts.join(' ')}`}\n`);
  }
  return status;
}

const unmodelled = new Set(
  'ahosts ahostsv4 ahostsv6 aliases ethers gshadow initgroups netgroup networks protocols rpc services shadow'.split(
    ' ',
  ),
);
