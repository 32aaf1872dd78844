/** The layer that nginx and redis stand on: a small Debian with dash and coreutils. */
import { binary, directory, file, symlink } from './files.ts';
import type { ImageFile, ImageLayer } from './image.ts';

const tools = [
  'base64',
  'basename',
  'cat',
  'chmod',
  'chown',
  'cmp',
  'cp',
  'cut',
  'date',
  'diff',
  'dirname',
  'echo',
  'env',
  'false',
  'find',
  'fold',
  'grep',
  'head',
  'hostname',
  'id',
  'kill',
  'ln',
  'ls',
  'mkdir',
  'mktemp',
  'mv',
  'nice',
  'nl',
  'nohup',
  'nproc',
  'paste',
  'printf',
  'pwd',
  'readlink',
  'rm',
  'rmdir',
  'sed',
  'seq',
  'setsid',
  'sleep',
  'sort',
  'stat',
  'tail',
  'tee',
  'test',
  'timeout',
  'touch',
  'tr',
  'true',
  'uname',
  'uniq',
  'wc',
  'which',
  'whoami',
  'xargs',
  'yes',
];

const release = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
`;

/** What a Debian image brings; `users` are the packages' own. */
function debianFiles(users: { readonly passwd: string; readonly group: string }): readonly ImageFile[] {
  return [
    symlink('/bin', 'usr/bin'),
    symlink('/sbin', 'usr/sbin'),
    symlink('/lib', 'usr/lib'),
    binary('/usr/bin/dash', 'sh', 125_640),
    symlink('/usr/bin/sh', 'dash'),
    ...tools.map((name) => binary(`/usr/bin/${name}`, name, 43_808)),
    ...[
      '/boot',
      '/dev',
      '/home',
      '/media',
      '/mnt',
      '/opt',
      '/proc',
      '/run',
      '/srv',
      '/sys',
      '/usr/sbin',
      '/usr/lib',
      '/var/log',
      '/var/lib',
    ].map((path) => directory(path)),
    directory('/root', 0o700),
    directory('/tmp', 0o1777),
    symlink('/var/run', '/run'),
    file('/etc/debian_version', '12.12\n'),
    file('/etc/os-release', release),
    file(
      '/etc/passwd',
      `root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n${users.passwd}`,
    ),
    file('/etc/group', `root:x:0:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n${users.group}`),
  ];
}

export function debianLayer(users: { readonly passwd: string; readonly group: string }): ImageLayer {
  return {
    mediaSize: 28_228_000,
    size: 74_800_000,
    createdBy: "# debian.sh --arch 'amd64' out/ 'bookworm' '@1759104000'",
    files: debianFiles(users),
  };
}
