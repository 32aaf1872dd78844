/** dmesg(1): the kernel's log. util-linux: sys-utils/dmesg.c; busybox: util-linux/dmesg.c. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { parseOptions, refuseOptions } from './options.ts';

/** `[    5.140900] text`; `-t` without the time, `-w` goes on as more is said. */
export const dmesgMain: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'tTwkxr', { notime: 't', follow: 'w', kernel: 'k', ctime: 'T' });
  if (typeof options === 'string') return yield* refuseOptions('dmesg', options, 'gnu');
  let fd: number;
  try {
    fd = yield* sys.open('/dev/kmsg', O.RDONLY | (options.has('w') ? 0 : O.NONBLOCK));
  } catch (error) {
    yield* complain('dmesg', `read kernel buffer failed: ${errnoWords(error)}`);
    return 1;
  }
  for (;;) {
    let record: string;
    try {
      record = yield* sys.read(fd);
    } catch (error) {
      if (isErrno(error, 'EAGAIN')) return 0;
      throw error;
    }
    const [, microseconds = '0', text = ''] = /^\d+,\d+,(\d+),[^;]*;([^]*)$/.exec(record) ?? [];
    const seconds = (Number(microseconds) / 1e6).toFixed(6).padStart(12);
    yield* print(options.has('t') ? text : `[${seconds}] ${text}`);
  }
};

/** In a container: kernel.dmesg_restrict is on, and CAP_SYSLOG is not given. */
export const busyboxDmesgMain: Program = function* (): Running {
  yield* complain('dmesg', 'klogctl: Operation not permitted');
  return 1;
};
