/** The host's tools that look at the machine, change its mounts and namespaces, or say that they are not here. */
import type { Program } from '../../kernel/abi.ts';
import { base64 } from './base64.ts';
import { capshMain, getpcapsMain } from './capabilities.ts';
import { chroot } from './chroot.ts';
import { cmp } from './cmp.ts';
import { columnMain } from './column.ts';
import { curl } from './curl.ts';
import { dd } from './dd.ts';
import { diff } from './diff.ts';
import { dmesgMain } from './dmesg.ts';
import { aptGetMain } from './apt-get.ts';
import { duMain } from './du.ts';
import { hexdumpMain, odMain, xxdMain } from './dump.ts';
import { exprMain } from './expr.ts';
import { find } from './find.ts';
import { findmnt } from './findmnt.ts';
import { getentMain } from './getent.ts';
import { helpMain } from './help.ts';
import { groups, id, whoami } from './identity-tools.ts';
import { ip } from './ip.ts';
import { jqMain } from '../jq/main.ts';
import { fold, nl, paste } from './lined-text.ts';
import { lsns } from './lsns.ts';
import { archMain, date, free, hostname, nprocMain, stty, uname, uptime } from './machine-tools.ts';
import { mktemp } from './mktemp.ts';
import { mount, umount } from './mount.ts';
import { ncMain } from './nc.ts';
import { niceMain, reniceMain } from './nice.ts';
import { nsenter } from './nsenter.ts';
import { mkfifoMain, mknod, printenvMain, readlink, realpath, stat } from './path-tools.ts';
import { killall, pgrep, pidof, pkill } from './pgrep.ts';
import { pager } from './pager.ts';
import { pivotRoot } from './pivot-root.ts';
import { prlimitMain } from './prlimit.ts';
import { nohupMain, setsid } from './session-tools.ts';
import { sha256sum } from './sha256sum.ts';
import { df, fallocateMain } from './space-tools.ts';
import { ss } from './ss.ts';
import { straceMain } from './strace/main.ts';
import { nologin, su } from './su.ts';
import { sudoMain } from './sudo.ts';
import { sysctl } from './sysctl.ts';
import { tar } from './tar.ts';
import { timeoutMain } from './time-limit.ts';
import { topMain } from './top.ts';
import { tputMain } from './tput.ts';
import { truncateMain } from './truncate.ts';
import { unmodelled, unmodelledTools } from './unmodelled.ts';
import { unshare } from './unshare.ts';
import { watchMain } from './watch.ts';
import { whoMain } from './who.ts';

export const machineTools: Readonly<Record<string, Program>> = {
  'apt-get': aptGetMain,
  arch: archMain,
  base64: base64('gnu'),
  capsh: capshMain,
  chroot: chroot('gnu'),
  cmp: cmp('gnu'),
  column: columnMain,
  curl,
  date: date('gnu'),
  dd: dd('gnu'),
  df: df('gnu'),
  diff: diff('gnu'),
  dmesg: dmesgMain,
  du: duMain,
  expr: exprMain,
  fallocate: fallocateMain,
  find: find('gnu'),
  findmnt,
  fold: fold('gnu'),
  free: free('gnu'),
  getent: getentMain,
  getpcaps: getpcapsMain,
  groups,
  help: helpMain,
  hexdump: hexdumpMain,
  hostname: hostname('gnu'),
  id: id('gnu'),
  ip: ip('gnu'),
  jq: jqMain,
  killall: killall('gnu'),
  less: pager('less'),
  lsns: lsns(),
  mkfifo: mkfifoMain,
  mknod: mknod('gnu'),
  mktemp: mktemp('gnu'),
  more: pager('more'),
  mount: mount('gnu'),
  nc: ncMain,
  nice: niceMain,
  nl: nl('gnu'),
  nohup: nohupMain,
  nproc: nprocMain,
  nsenter: nsenter('gnu'),
  od: odMain,
  nologin,
  paste: paste('gnu'),
  pgrep: pgrep('gnu'),
  pidof: pidof('gnu'),
  pivot_root: pivotRoot,
  pkill: pkill('gnu'),
  printenv: printenvMain,
  prlimit: prlimitMain,
  readlink: readlink('gnu'),
  realpath: realpath('gnu'),
  renice: reniceMain,
  setsid: setsid('gnu'),
  sha256sum: sha256sum('gnu'),
  ss,
  stat: stat('gnu'),
  strace: straceMain,
  stty: stty('gnu'),
  su,
  sudo: sudoMain,
  sysctl: sysctl('gnu'),
  tar: tar('gnu'),
  timeout: timeoutMain,
  top: topMain,
  tput: tputMain,
  truncate: truncateMain,
  umount: umount('gnu'),
  uname: uname('gnu'),
  unshare: unshare('gnu'),
  uptime: uptime('gnu'),
  watch: watchMain,
  who: whoMain,
  whoami: whoami('gnu'),
  xxd: xxdMain,
  ...Object.fromEntries(Object.keys(unmodelledTools).map((name) => [name, unmodelled(name)])),
};
