/** docker.io/library/busybox: one binary of 1 MB under four hundred names. */
import { applets } from './applets.ts';
import { binary, directory, file, symlink } from './files.ts';
import type { RegistryImage } from './image.ts';

export const passwd =
  'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n';
export const group = 'root:x:0:\ndaemon:x:1:\ntty:x:5:\nnobody:x:65534:\n';

export const busybox: RegistryImage = {
  repository: 'busybox',
  tags: ['latest', '1.37', '1.37.0'],
  created: '2024-09-26T21:31:42Z',
  architecture: 'amd64',
  os: 'linux',
  layers: [
    {
      mediaSize: 2_156_518,
      size: 4_269_678,
      createdBy: 'BusyBox 1.37.0 (glibc), Debian 13',
      files: [
        binary('/bin/busybox', 'busybox', 1_131_168),
        ...applets.map((name) => symlink(`/bin/${name}`, 'busybox')),
        directory('/dev'),
        file('/etc/group', group),
        file('/etc/passwd', passwd),
        directory('/home'),
        directory('/root', 0o700),
        directory('/tmp', 0o1777),
        directory('/usr/sbin'),
        directory('/var/spool/mail'),
        directory('/var/www'),
      ],
    },
  ],
  config: { Cmd: ['sh'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
};
