/** The host's tools by name. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import { complain, errnoWords, OutputError, print } from '../io.ts';
import { awk } from '../awk/awk.ts';
import { catMain } from './cat.ts';
import { chgrp, chmod, chown, ln, mkdir, rm, rmdir, touch } from './file-tools.ts';
import { cp, mv } from './copy-move.ts';
import { grep } from './grep.ts';
import { head, tail } from './head-tail.ts';
import { killMain } from './kill.ts';
import { ls } from './ls.ts';
import {
  basenameMain,
  clearMain,
  dirnameMain,
  echoMain,
  env,
  falseMain,
  printfMain,
  pwdMain,
  resetMain,
  seq,
  sleep,
  testMain,
  trueMain,
  ttyMain,
  whichMain,
  yes,
} from './everyday-tools.ts';
import { machineTools } from './machine-tool-table.ts';
import { ps } from './ps.ts';
import { pstree } from './pstree.ts';
import { sed } from './sed.ts';
import { cut, rev, sort, tac, tee, tr, uniq, wc } from './text-tools.ts';
import { xargs } from './xargs.ts';

const tools: Readonly<Record<string, Program>> = {
  awk: awk('gnu'),
  basename: basenameMain,
  cat: catMain,
  chmod: chmod('gnu'),
  chgrp,
  chown: chown('gnu'),
  clear: clearMain,
  cp: cp('gnu'),
  cut: cut('gnu'),
  dirname: dirnameMain,
  echo: echoMain,
  egrep: grep('gnu'),
  fgrep: grep('gnu'),
  env: env('gnu'),
  false: falseMain,
  grep: grep('gnu'),
  head: head('gnu'),
  kill: killMain,
  ln: ln('gnu'),
  ls: ls('gnu'),
  mkdir: mkdir('gnu'),
  mv: mv('gnu'),
  printf: printfMain,
  ps: ps(),
  pstree: pstree(),
  pwd: pwdMain,
  reset: resetMain,
  rev: rev(),
  rm: rm('gnu'),
  rmdir: rmdir('gnu'),
  sed: sed('gnu'),
  seq: seq('gnu'),
  sleep: sleep('gnu'),
  sort: sort('gnu'),
  tac: tac('gnu'),
  tail: tail('gnu'),
  tee: tee('gnu'),
  test: testMain,
  '[': testMain,
  touch: touch('gnu'),
  tr: tr('gnu'),
  true: trueMain,
  tty: ttyMain,
  uniq: uniq('gnu'),
  wc: wc('gnu'),
  which: whichMain,
  xargs: xargs('gnu'),
  yes: yes('gnu'),
  ...machineTools,
};

/**
 * A system call that fails where a tool did not expect it: the tool says so and ends with 1, as a C program would by
 * err(3).
 */
export function guarded(name: string, program: Program): Program {
  return function* (argv, environment): Running {
    try {
      return yield* program(argv, environment);
    } catch (error) {
      if (!isErrno(error)) throw error;
      if (error instanceof OutputError) return yield* outputFailed(name, error);
      yield* complain(name, errnoWords(error));
      return 1;
    }
  };
}

/** close_stdout() of gnulib, with the exit code of each tool. As coreutils 9, grep, sed and jq of Debian print it. */
const outputFailureCodes: Readonly<Record<string, number>> = { env: 125, grep: 2, ls: 2, sed: 4, sort: 2, jq: 2 };
const outputFailureWords: Readonly<Record<string, string>> = {
  sed: "sed: couldn't flush stdout",
  jq: 'jq: error: writing output failed',
};

function* outputFailed(name: string, { errno }: OutputError): Running {
  yield* print(`${outputFailureWords[name] ?? `${name}: write error`}: ${strerror(errno)}\n`, 2);
  return outputFailureCodes[name] ?? 1;
}

export const toolPrograms: ReadonlyMap<string, Program> = new Map(
  Object.entries(tools).map(([name, program]) => [name, guarded(name, program)]),
);
