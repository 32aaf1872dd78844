import { expect, test } from 'vitest';
import { elf } from '../../kernel/task/execve.ts';
import { makeFile, makeSymlink } from '../../kernel/vfs/host-files.ts';
import { applets } from '../images/applets.ts';
import { stage, type Ran, type Stage } from '../programs.fixture.ts';
import { appletTable } from './applets.ts';

/** A root file system as the busybox image has it, in /bb/bin. */
function withBusybox(): Stage {
  const made = stage();
  makeFile(made.bench.kernel, '/bb/bin/busybox', elf('busybox'), 0o755);
  for (const name of applets) makeSymlink(made.bench.kernel, `/bb/bin/${name}`, 'busybox');
  return made;
}

const busybox = (...argv: readonly string[]): Ran => withBusybox().run(argv);
const sh = (text: string): Ran => busybox('/bb/bin/sh', '-c', text);

test('the name that busybox is called by chooses the applet, and so does its first argument', () => {
  expect(busybox('/bb/bin/echo', 'hi').out).toBe('hi\n');
  expect(busybox('/bb/bin/busybox', 'echo', 'hi').out).toBe('hi\n');
});

test('an unknown applet is 127', () => {
  expect(busybox('/bb/bin/busybox', 'zz')).toEqual({ out: '', err: 'zz: applet not found\n', status: { code: 127 } });
});

test('every name in the image is an applet', () => {
  expect(applets.filter((name) => !appletTable.has(name))).toEqual([]);
  expect(busybox('/bb/bin/busybox', '--list').out).toBe(applets.map((name) => `${name}\n`).join(''));
});

test('its shell executes the long-lived applets as itself again, and they take their own name', () => {
  const { out } = sh('sleep 5 & sleep 0.1; readlink /proc/$!/exe; cat /proc/$!/comm; kill $!');
  expect(out).toBe('/bb/bin/busybox\nsleep\n');
});

test('an applet in a fork of the shell shows under its own name in braces', () => {
  const { out } = sh('ps -o args; true');
  expect(out.split('\n').at(-2)).toBe('{ps} /bb/bin/sh -c ps -o args; true');
});

test('free and realpath need no process of their own', () => {
  const forks = (line: string): number => {
    const made = withBusybox();
    made.run(['/bb/bin/sh', '-c', `${line}; true`]);
    return made.bench.events.filter((event) => event.type === 'task.fork').length;
  };
  expect(['free', 'realpath /', 'id'].map((line) => forks(line) - forks('true'))).toEqual([0, 0, 1]);
});

test('ps has the columns that are asked for, with a zombie in brackets', () => {
  const withZombie = '(true & exec sleep 5) & sleep 0.1;';
  const { out } = sh(`${withZombie} ps -o stat,comm; true`);
  const [head, ...rows] = out.split('\n');
  expect(head).toBe('STAT COMMAND');
  expect(rows).toContain('Z    sh');
  expect(sh(`${withZombie} ps -o args; true`).out).toContain('\n[sh]\n');
  expect(sh('ps').out.split('\n')[0]).toBe('PID   USER     TIME  COMMAND');
});

test('who asks for the processes is the one that runs', () => {
  const rows = sh('sleep 0.1; ps -o stat,comm; true').out.split('\n');
  expect(rows.slice(1, -1)).toEqual(['S    init', 'S    sh', 'R    ps']);
});

test("busybox's words for what it cannot do", () => {
  expect(sh('cat /nosuch').err).toBe("cat: can't open '/nosuch': No such file or directory\n");
  expect(sh('umount /tmp').err).toBe("umount: can't unmount /tmp: Invalid argument\n");
  expect(sh('mount -t foo x /tmp').err).toBe('mount: mounting x on /tmp failed: No such device\n');
  expect(sh('killall zzz').err).toBe('killall: zzz: no process killed\n');
  expect(sh('sleep x').err).toBe("sleep: invalid number 'x'\n");
});

test('ip has no brief form here and prints its usage', () => {
  const { err, status } = sh('ip -br addr');
  expect(err).toMatch(/^BusyBox v1\.35\.0 .*\n\nUsage: ip /);
  expect(status).toEqual({ code: 1 });
});

test('cp -r makes a fifo anew, but not in the place of a file', () => {
  const { out, err } = sh('cd /tmp; mkfifo f; cp -r f g; stat -c %F g; echo x >h; cp -r f h; echo $?');
  expect({ out, err }).toEqual({ out: 'fifo\n1\n', err: "cp: can't create 'h': File exists\n" });
});
