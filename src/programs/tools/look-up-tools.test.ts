/** capsh, getpcaps, findmnt, getent, sha256sum and chroot, as those of Debian 12 and 13 answered. */
import { expect, test } from 'vitest';
import { bootHost } from '../../engine/docker/host.fixture.ts';

const host = bootHost(['busybox']);
host.run('docker run -d --name web --cap-drop ALL --cap-add CHOWN --cap-add KILL busybox sleep 10000');
host.run(
  'mkdir /tmp/fm; mount -t tmpfs -o size=1m none /tmp/fm; mount --make-private /tmp/fm; mkdir /tmp/fm/a /tmp/fm/b; mount --bind /tmp/fm/a /tmp/fm/b; ' +
    'mount -t tmpfs other /tmp/fm/a; touch /tmp/fm/ns; mount --bind /proc/self/ns/uts /tmp/fm/ns; touch /tmp/fm/b/x',
);

const ofDefault =
  'cap_chown,cap_dac_override,cap_fowner,cap_fsetid,cap_kill,cap_setgid,cap_setuid,cap_setpcap,cap_net_bind_service,' +
  'cap_net_raw,cap_sys_chroot,cap_mknod,cap_audit_write,cap_setfcap';
const table: readonly (readonly [says: string, line: string, stdout: string, stderr: string])[] = [
  [
    'capsh names what a mask holds',
    'capsh --decode=00000000a80425fb --decode=0; capsh --has-p=cap_kill; echo $?; capsh --nosuch; echo $?',
    `0x00000000a80425fb=${ofDefault}\n0x0000000000000000=\n0\n1\n`,
    'glassdock: capsh --nosuch is not modelled yet: --print, --current, --decode= and --has-p= are\n',
  ],
  [
    'getpcaps tells of a process of the host, and of one in a container',
    "getpcaps 1; getpcaps $(docker inspect -f '{{.State.Pid}}' web) | cut -d' ' -f2-; getpcaps 999999; getpcaps x; echo $?",
    '1: =ep\ncap_chown,cap_kill=ep\n1\n',
    "Failed to get cap's for process 999999: (No such process)\nCannot parse pid x: (Invalid argument)\n",
  ],
  [
    'capsh --print tells of the process itself',
    'capsh --print | sed 2d',
    "Current: =ep\nAmbient set =\nCurrent IAB: \nSecurebits: 00/0x0/1'b0 (no-new-privs=0)\n" +
      ' secure-noroot: no (unlocked)\n secure-no-suid-fixup: no (unlocked)\n secure-keep-caps: no (unlocked)\n' +
      ' secure-no-ambient-raise: no (unlocked)\nuid=0(root) euid=0(root)\ngid=0(root)\ngroups=0(root)\n' +
      'Guessed mode: HYBRID (4)\n',
    '',
  ],
  [
    'findmnt draws what is mounted on what',
    'findmnt -R /tmp/fm | sed "s/[0-9]\\{10\\}/N/"',
    'TARGET       SOURCE                 FSTYPE OPTIONS\n' +
      '/tmp/fm      none                   tmpfs  rw,relatime,size=1024k,inode64\n' +
      '├─/tmp/fm/b  none[/a]               tmpfs  rw,relatime,size=1024k,inode64\n' +
      '├─/tmp/fm/a  other                  tmpfs  rw,relatime,inode64\n' +
      '└─/tmp/fm/ns nsfs[uts:[N]] nsfs   rw\n',
    '',
  ],
  [
    'findmnt finds by place, file, source and type, and says nothing where there is none',
    'findmnt -no SOURCE,TARGET /tmp/fm/b; findmnt -n -o TARGET -T /tmp/fm/b/x; findmnt -rno TARGET other; ' +
      'findmnt -M /tmp; echo $?; findmnt -t nosuchfs; echo $?; findmnt -P -o TARGET,FSTYPE /tmp/fm; findmnt -n -t nsfs -o FSTYPE | head -1',
    'none[/a] /tmp/fm/b\n/tmp/fm/b\n/tmp/fm/a\n1\n1\nTARGET="/tmp/fm" FSTYPE="tmpfs"\nnsfs\n',
    '',
  ],
  [
    'findmnt prints JSON, and knows its columns',
    'findmnt -J -o TARGET,FSTYPE /tmp/fm; findmnt -o nosuch; echo $?; findmnt --nosuch; echo $?',
    '{\n   "filesystems": [\n      {\n         "target": "/tmp/fm",\n         "fstype": "tmpfs"\n      }\n   ]\n}\n1\n1\n',
    "findmnt: unknown column: nosuch\nfindmnt: unrecognized option '--nosuch'\nTry 'findmnt --help' for more information.\n",
  ],
  [
    'getent looks up by name and number',
    'getent passwd root; getent group 0; getent hosts localhost | tail -1; getent passwd nosuch; echo $?; getent nosuch; ' +
      'getent; echo $?; getent services ssh',
    'root:x:0:0:root:/root:/bin/sh\nroot:x:0:\n127.0.0.1       localhost\n2\n1\n',
    "Unknown database: nosuch\nTry `getent --help' or `getent --usage' for more information.\n" +
      "getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more information.\n" +
      'glassdock: getent services is not modelled yet: passwd, group and hosts are\n',
  ],
  [
    'sha256sum prints digests and checks them',
    'cd /tmp; echo hi >h; echo hi | sha256sum; sha256sum h > s; sha256sum -b h; sha256sum --tag h | cut -c1-12; ' +
      'd=00000000$(cut -c9-64 s); for f in h /nosuch; do echo "$d  $f" >> s; done; sha256sum -c s; ' +
      'echo $?; sha256sum /tmp; sha256sum -c h',
    '98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4  -\n' +
      '98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4 *h\nSHA256 (h) =\n' +
      'h: OK\nh: FAILED\n/nosuch: FAILED open or read\n1\n',
    'sha256sum: /nosuch: No such file or directory\nsha256sum: WARNING: 1 listed file could not be read\n' +
      'sha256sum: WARNING: 1 computed checksum did NOT match\nsha256sum: /tmp: Is a directory\n' +
      'sha256sum: h: no properly formatted checksum lines found\n',
  ],
  [
    'chroot runs a container’s files without a container',
    'mkdir /tmp/root; docker export web | tar xf - -C /tmp/root; chroot /tmp/root /bin/echo in; chroot /tmp/root pwd; ' +
      "chroot /tmp/root sh -c 'exit 3'; echo $?; chroot /tmp/root nosuch; echo $?; chroot /nosuch true; echo $?; chroot; " +
      'chroot --userspec=7:8 /tmp/root id -u; chroot --skip-chdir /tmp pwd',
    'in\n/\n3\n127\n125\n7\n',
    `chroot: failed to run command ‘nosuch’: No such file or directory\n` +
      "chroot: cannot change root directory to '/nosuch': No such file or directory\n" +
      "chroot: missing operand\nTry 'chroot --help' for more information.\n" +
      "chroot: option --skip-chdir only permitted if NEWROOT is old '/'\nTry 'chroot --help' for more information.\n",
  ],
  [
    'busybox has other words for the same',
    'docker exec -u 0 web sh -c "echo hi >/h; sha256sum /h /nosuch; sha256sum /h >/s; sha256sum -c /s; chroot /nosuch true"',
    '98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4  /h\n/h: OK\n',
    "sha256sum: can't open '/nosuch': No such file or directory\n" +
      "chroot: can't change root directory to '/nosuch': Operation not permitted\n",
  ],
];

test.each(table)('%s', (_says, line, stdout, stderr) => {
  const ran = host.run(line);
  expect({ stdout: ran.stdout, stderr: ran.stderr }).toEqual({ stdout, stderr });
});
