/** Who is who on the host: Debian's base-passwd, and docker.io's group. Man pages: passwd(5), group(5), shadow(5). */
import type { Kernel } from '../kernel/kernel.ts';
import { makeFile } from '../kernel/vfs/host-files.ts';
import { resolve } from '../kernel/vfs/vfs.ts';

const nologin = '/usr/sbin/nologin';

/** Name, number, group, real name, home and shell. */
const users: readonly (readonly [string, number, number, string, string, string])[] = [
  ['root', 0, 0, 'root', '/root', '/bin/sh'],
  ['daemon', 1, 1, 'daemon', '/usr/sbin', nologin],
  ['bin', 2, 2, 'bin', '/bin', nologin],
  ['sys', 3, 3, 'sys', '/dev', nologin],
  ['sync', 4, 65_534, 'sync', '/bin', '/bin/sync'],
  ['games', 5, 60, 'games', '/usr/games', nologin],
  ['man', 6, 12, 'man', '/var/cache/man', nologin],
  ['lp', 7, 7, 'lp', '/var/spool/lpd', nologin],
  ['mail', 8, 8, 'mail', '/var/mail', nologin],
  ['news', 9, 9, 'news', '/var/spool/news', nologin],
  ['uucp', 10, 10, 'uucp', '/var/spool/uucp', nologin],
  ['proxy', 13, 13, 'proxy', '/bin', nologin],
  ['www-data', 33, 33, 'www-data', '/var/www', nologin],
  ['backup', 34, 34, 'backup', '/var/backups', nologin],
  ['list', 38, 38, 'Mailing List Manager', '/var/list', nologin],
  ['irc', 39, 39, 'ircd', '/run/ircd', nologin],
  ['_apt', 42, 65_534, '', '/nonexistent', nologin],
  ['nobody', 65_534, 65_534, 'nobody', '/nonexistent', nologin],
];

const groups: readonly (readonly [string, number])[] = [
  ['root', 0],
  ['daemon', 1],
  ['bin', 2],
  ['sys', 3],
  ['adm', 4],
  ['tty', 5],
  ['disk', 6],
  ['lp', 7],
  ['mail', 8],
  ['news', 9],
  ['uucp', 10],
  ['man', 12],
  ['proxy', 13],
  ['kmem', 15],
  ['dialout', 20],
  ['fax', 21],
  ['voice', 22],
  ['cdrom', 24],
  ['floppy', 25],
  ['tape', 26],
  ['sudo', 27],
  ['audio', 29],
  ['dip', 30],
  ['www-data', 33],
  ['backup', 34],
  ['operator', 37],
  ['list', 38],
  ['irc', 39],
  ['src', 40],
  ['shadow', 42],
  ['utmp', 43],
  ['video', 44],
  ['sasl', 45],
  ['plugdev', 46],
  ['staff', 50],
  ['games', 60],
  ['users', 100],
  ['nogroup', 65_534],
  ['docker', 998],
];

/** For root, and to be read by the group shadow. */
const secret = { gid: 42, mode: 0o640 };

/** Writes passwd, group, shadow and gshadow: nobody has a password. */
export function layUsers(kernel: Kernel): void {
  const file = (path: string, lines: readonly string[]): void => makeFile(kernel, path, `${lines.join('\n')}\n`);
  file(
    '/etc/passwd',
    users.map(([name, uid, gid, ...rest]) => `${name}:x:${uid}:${gid}:${rest.join(':')}`),
  );
  file(
    '/etc/group',
    groups.map(([name, gid]) => `${name}:x:${gid}:`),
  );
  file(
    '/etc/shadow',
    users.map(([name]) => `${name}:*:20000:0:99999:7:::`),
  );
  file(
    '/etc/gshadow',
    groups.map(([name]) => `${name}:*::`),
  );
  for (const path of ['/etc/shadow', '/etc/gshadow'])
    Object.assign(resolve(kernel, null, path).dentry.inode.attributes, secret);
}
