/**
 * busybox's applets by name: what each runs, and how its shell runs it. busybox: include/applets.h and
 * docs/nofork_noexec.txt.
 */
import type { Program, Running } from '../../kernel/abi.ts';
import { complain, errnoWords, OutputError } from '../io.ts';
import type { Applet } from '../sh/shell.ts';
import { awk } from '../awk/awk.ts';
import { base64 } from '../tools/base64.ts';
import { busyboxCatMain } from '../tools/cat.ts';
import { chroot } from '../tools/chroot.ts';
import { cmp } from '../tools/cmp.ts';
import { chmod, chown, ln, mkdir, rm, rmdir, touch } from '../tools/file-tools.ts';
import { cp, mv } from '../tools/copy-move.ts';
import { dd } from '../tools/dd.ts';
import { diff } from '../tools/diff.ts';
import { busyboxDmesgMain } from '../tools/dmesg.ts';
import { exprMain } from '../tools/expr.ts';
import { find } from '../tools/find.ts';
import { grep } from '../tools/grep.ts';
import { head, tail } from '../tools/head-tail.ts';
import { id, whoami } from '../tools/identity-tools.ts';
import { ip } from '../tools/ip.ts';
import { busyboxKillMain } from '../tools/kill.ts';
import { ls } from '../tools/ls.ts';
import { fold, nl, paste } from '../tools/lined-text.ts';
import { archMain, date, free, hostname, nprocMain, stty, uname, uptime } from '../tools/machine-tools.ts';
import {
  basenameMain,
  clearMain,
  dirnameMain,
  echoMain,
  env,
  falseMain,
  printfMain,
  pwdMain,
  seq,
  sleep,
  testMain,
  trueMain,
  ttyMain,
  whichMain,
  yes,
} from '../tools/everyday-tools.ts';
import { mktemp } from '../tools/mktemp.ts';
import { mount, umount } from '../tools/mount.ts';
import { busyboxNc } from '../tools/nc.ts';
import { nsenter } from '../tools/nsenter.ts';
import { mkfifoMain, mknod, printenvMain, readlink, realpath, stat, usleepMain } from '../tools/path-tools.ts';
import { killall, pgrep, pidof, pkill } from '../tools/pgrep.ts';
import { sed } from '../tools/sed.ts';
import { setsid } from '../tools/session-tools.ts';
import { sha256sum } from '../tools/sha256sum.ts';
import { df, fallocateMain } from '../tools/space-tools.ts';
import { netstat } from '../tools/ss.ts';
import { sysctl } from '../tools/sysctl.ts';
import { cut, sort, tee, tr, uniq, wc } from '../tools/text-tools.ts';
import { tar } from '../tools/tar.ts';
import { busyboxTimeoutMain } from '../tools/time-limit.ts';
import { guarded } from '../tools/tools.ts';
import { unmodelled } from '../tools/unmodelled.ts';
import { unshare } from '../tools/unshare.ts';
import { xargs } from '../tools/xargs.ts';
import { httpd } from './httpd.ts';
import { busyboxPs } from './ps.ts';
import { busyboxTop } from './top.ts';
import { wget } from './wget.ts';

/** Run in the shell's own process. */
const nofork: Readonly<Record<string, Program>> = {
  '[': testMain,
  arch: archMain,
  basename: basenameMain,
  clear: clearMain,
  dirname: dirnameMain,
  echo: echoMain,
  false: falseMain,
  free: free('busybox'),
  hostname: hostname('busybox'),
  kill: busyboxKillMain,
  mkdir: mkdir('busybox'),
  nproc: nprocMain,
  pidof: pidof('busybox'),
  printenv: printenvMain,
  printf: printfMain,
  pwd: pwdMain,
  realpath: realpath('busybox'),
  rmdir: rmdir('busybox'),
  test: testMain,
  true: trueMain,
  tty: ttyMain,
  uname: uname('busybox'),
  uptime: uptime('busybox'),
  usleep: usleepMain,
  which: whichMain,
  whoami: whoami('busybox'),
};

/** Run in a fork of the shell: `ps` there shows as `{ps} sh`. */
const noexec: Readonly<Record<string, Program>> = {
  chmod: chmod('busybox'),
  chown: chown('busybox'),
  cp: cp('busybox'),
  cut: cut('busybox'),
  date: date('busybox'),
  env: env('busybox'),
  awk: awk('busybox'),
  expr: exprMain,
  find: find('busybox'),
  fold: fold('busybox'),
  head: head('busybox'),
  id: id('busybox'),
  ip: ip('busybox'),
  killall: killall('busybox'),
  ln: ln('busybox'),
  ls: ls('busybox'),
  mkfifo: mkfifoMain,
  mknod: mknod('busybox'),
  mktemp: mktemp('busybox'),
  mv: mv('busybox'),
  paste: paste('busybox'),
  ps: busyboxPs,
  readlink: readlink('busybox'),
  rm: rm('busybox'),
  seq: seq('busybox'),
  sort: sort('busybox'),
  stat: stat('busybox'),
  stty: stty('busybox'),
  sysctl: sysctl('busybox'),
  touch: touch('busybox'),
  xargs: xargs('busybox'),
  yes: yes('busybox'),
};

/** Run as a program of its own: those that may last, and those that need a clean process. */
const exec: Readonly<Record<string, Program>> = {
  cat: busyboxCatMain,
  base64: base64('busybox'),
  chroot: chroot('busybox'),
  cmp: cmp('busybox'),
  diff: diff('busybox'),
  grep: grep('busybox'),
  dd: dd('busybox'),
  df: df('busybox'),
  dmesg: busyboxDmesgMain,
  egrep: grep('busybox'),
  fallocate: fallocateMain,
  httpd,
  mount: mount('busybox'),
  nl: nl('busybox'),
  nc: busyboxNc,
  netstat,
  nsenter: nsenter('busybox'),
  pgrep: pgrep('busybox'),
  pkill: pkill('busybox'),
  sed: sed('busybox'),
  setsid: setsid('busybox'),
  sha256sum: sha256sum('busybox'),
  sleep: sleep('busybox'),
  tail: tail('busybox'),
  tee: tee('busybox'),
  tar: tar('busybox'),
  timeout: busyboxTimeoutMain,
  top: busyboxTop,
  tr: tr('busybox'),
  umount: umount('busybox'),
  uniq: uniq('busybox'),
  unshare: unshare('busybox'),
  wc: wc('busybox'),
  wget,
};

/**
 * The shell itself is started by main.ts, which knows all applets; a shell that finds it here executes busybox once
 * more.
 */
const shells: Readonly<Record<string, Program>> = { ash: falseMain, sh: falseMain };

/** Applets that real images have and that only say here that they are not modelled. */
const unmodelledApplets = 'du less md5sum more nslookup ping vi watch'.split(' ');

/** Those that look at what each write says, and end; those that ask only when they flush, and end as ever. */
const mindingWrites: ReadonlySet<string> = new Set(['cat', 'cp', 'dd', 'echo', 'tac', 'tail', 'tr']);
const mindingFlush: ReadonlySet<string> = new Set('cut df du env head id sort uname uniq wc'.split(' '));

/** A full device under standard output, as busybox 1.35 tells of it: the others do not notice. */
function flushing(name: string, main: Program): Program {
  return function* (argv, environment): Running {
    try {
      return yield* main(argv, environment);
    } catch (error) {
      if (!(error instanceof OutputError) || mindingWrites.has(name)) throw error;
      if (mindingFlush.has(name)) yield* complain(name, `standard output: ${errnoWords(error)}`);
      return 0;
    }
  };
}

function kinds(
  programs: Readonly<Record<string, Program>>,
  kind: Applet['kind'],
): readonly (readonly [string, Applet])[] {
  return Object.entries(programs).map(([name, main]) => [name, { main: guarded(name, flushing(name, main)), kind }]);
}

export const appletTable: ReadonlyMap<string, Applet> = new Map<string, Applet>([
  ...kinds(nofork, 'nofork'),
  ...kinds(noexec, 'noexec'),
  ...kinds(exec, 'exec'),
  ...kinds(shells, 'exec'),
  ...kinds(Object.fromEntries(unmodelledApplets.map((name) => [name, unmodelled(name)])), 'exec'),
]);
