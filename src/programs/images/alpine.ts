/** docker.io/library/alpine: busybox, musl and apk. apk itself is not modelled. */
import { applets } from './applets.ts';
import { binary, directory, file, symlink } from './files.ts';
import type { RegistryImage } from './image.ts';
import { group, passwd } from './busybox.ts';

const release = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.22.2
PRETTY_NAME="Alpine Linux v3.22"
HOME_URL="https://alpinelinux.org/"
BUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"
`;

export const alpine: RegistryImage = {
  repository: 'alpine',
  tags: ['latest', '3', '3.22', '3.22.2'],
  created: '2025-10-08T11:04:12Z',
  architecture: 'amd64',
  os: 'linux',
  layers: [
    {
      mediaSize: 3_802_452,
      size: 8_320_000,
      createdBy: 'ADD alpine-minirootfs-3.22.2-x86_64.tar.gz / # buildkit',
      files: [
        binary('/bin/busybox', 'busybox', 808_712),
        ...applets.map((name) => symlink(`/bin/${name}`, '/bin/busybox')),
        directory('/dev'),
        file('/etc/alpine-release', '3.22.2\n'),
        file('/etc/group', group),
        file('/etc/os-release', release),
        file('/etc/passwd', passwd),
        directory('/home'),
        directory('/media'),
        directory('/mnt'),
        directory('/opt'),
        directory('/proc'),
        directory('/root', 0o700),
        directory('/run'),
        directory('/sbin'),
        directory('/srv'),
        directory('/sys'),
        directory('/tmp', 0o1777),
        directory('/usr/bin'),
        directory('/var/log'),
      ],
    },
  ],
  config: { Cmd: ['/bin/sh'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
};
