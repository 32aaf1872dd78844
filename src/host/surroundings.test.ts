/** Each program of the host where something is missing that it takes for granted: it fails in words, never by us. */
import { expect, test } from 'vitest';
import { hostPrograms } from '../programs/programs.ts';
import { createMachine } from './machine.ts';

const patienceNs = 20e9;
const words = ['', '--help', '-x 1 /etc', "'*' ."];
/** What only waits, prints without end, or ends the machine that all are tried on. */
const left = new Set(['seq', 'yes', 'segv', 'kill', 'killall', 'pkill', 'umount', 'systemctl']);
const programs = [
  ...hostPrograms.keys(),
  'docker',
  'docker-init',
  'docker-proxy',
  'dockerd',
  'containerd',
  'ctr',
  'runc',
];

const without = (what: string, command: string): string =>
  `unshare -m sh -c '${what}; ${command.replaceAll("'", `'\\''`)}' </dev/null >/dev/null 2>&1`;

const surroundings: Readonly<Record<string, (command: string) => string>> = {
  'all descriptors closed': (command) => `${command} <&- >&- 2>&-`,
  'full devices': (command) => `${command} </dev/null >/dev/full 2>/dev/full`,
  'nobody who reads': (command) => `${command} </dev/null 2>&1 | true`,
  'a directory as input': (command) => `${command} </etc >/dev/null 2>&1`,
  'a working directory that is gone': (command) =>
    `(mkdir /tmp/gone; cd /tmp/gone; rmdir /tmp/gone; ${command}) </dev/null >/dev/null 2>&1`,
  'no /proc': (command) => without('umount -l /proc', command),
  'no devices': (command) => without('umount -l /dev; mount -t tmpfs none /dev', command),
  'a file system to read only': (command) => without('mount -o remount,ro /', command),
  'no further process': (command) =>
    'cd /sys/fs/cgroup; mkdir -p few; echo 2 >few/pids.max; cd /root; ' +
    `(echo 0 >/sys/fs/cgroup/few/cgroup.procs; exec ${command}) </dev/null >/dev/null 2>&1`,
  'no further descriptor': (command) => `(ulimit -n 3; exec ${command}) </dev/null >/dev/null 2>&1`,
  'no cgroups': (command) => without('umount -l /sys/fs/cgroup', command),
};

test.each(Object.entries(surroundings))('with %s', (_, around) => {
  const faults: string[] = [];
  const machine = createMachine({
    seed: 1,
    images: ['busybox'],
    sink: (event) => {
      if (event.type === 'note' && event.topic === 'fault') faults.push(`${tried}: ${event.text}`);
    },
  });
  let tried = '';
  for (const program of programs.filter((name) => !left.has(name)))
    for (const operands of words) {
      tried = around(`timeout 5 ${program} ${operands}`);
      const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', tried] }, () => {});
      machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + patienceNs);
      if (shell.exitCode() === null) faults.push(`${tried}: does not end`);
    }
  expect(faults).toEqual([]);
});

test('nobody has the cgroups mounted any more: one can log in, and a container says what it cannot have', () => {
  const faults: string[] = [];
  const machine = createMachine({
    seed: 1,
    images: ['busybox'],
    sink: (event) => {
      if (event.type === 'note' && event.topic === 'fault') faults.push(event.text);
    },
  });
  let told = '';
  for (const line of ['umount -l /sys/fs/cgroup', 'docker run --network none busybox true', 'echo here']) {
    const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', line] }, (_fd, data) => {
      told += data;
    });
    machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + patienceNs);
  }
  expect(faults).toEqual([]);
  expect(told).toMatch(/^docker: .*unable to apply cgroup configuration: unable to start unit "docker-\w+\.scope": /);
  expect(told).toMatch(/here\n$/);
});
