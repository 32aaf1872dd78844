/** Calls about processes, signals, memory and time. */
import type { SignalAction, Waited } from '../../../kernel/abi.ts';
import { bytesOf, quote, somewhere } from './quote.ts';
import type { ShapeOf } from './shown-call.ts';

const plain =
  (name: string, isPrinted = true): ShapeOf =>
  (args) => ({ name, entry: isPrinted ? args.map(String).join(', ') : '' });

const execve: ShapeOf = ([path, argv, env], text) => {
  const count = Object.keys(env ?? {}).length;
  const words = (argv as readonly string[]).map((word) => text(word)).join(', ');
  return { name: 'execve', entry: `${quote(String(path))}, [${words}], ${somewhere} /* ${count} vars */` };
};

const wait4: ShapeOf = ([pid, options]) => {
  const { nohang, untraced } = options as { readonly nohang?: boolean; readonly untraced?: boolean };
  const flags = [nohang === true ? 'WNOHANG' : '', untraced === true ? 'WUNTRACED' : ''].filter(Boolean);
  return {
    name: 'wait4',
    entry: `${String(pid)}, `,
    exit: (value) =>
      `${value === null ? somewhere : `[${statusWords(value as Waited)}]`}, ${flags.join('|') || '0'}, NULL`,
    result: (value) => String((value as Waited | null)?.pid ?? 0),
  };
};

function statusWords({ status }: Waited): string {
  if ('code' in status) return `{WIFEXITED(s) && WEXITSTATUS(s) == ${status.code}}`;
  if ('stopped' in status) return `{WIFSTOPPED(s) && WSTOPSIG(s) == ${status.stopped}}`;
  if ('continued' in status) return '{WIFCONTINUED(s)}';
  return `{WIFSIGNALED(s) && WTERMSIG(s) == ${status.signal}${status.core === true ? ' && WCOREDUMP(s)' : ''}}`;
}

function actionWords(action: SignalAction): string {
  const handler = action === 'default' ? 'SIG_DFL' : action === 'ignore' ? 'SIG_IGN' : '0x55f461757dc0';
  return `{sa_handler=${handler}, sa_mask=[], sa_flags=${typeof action === 'string' ? '0' : 'SA_RESTORER'}}`;
}

const nanosleep: ShapeOf = ([ns]) => {
  const seconds = Math.floor(Number(ns) / 1e9);
  const time = `{tv_sec=${seconds}, tv_nsec=${Math.round(Number(ns) - seconds * 1e9)}}`;
  return {
    name: 'clock_nanosleep',
    entry: `CLOCK_REALTIME, 0, ${time}, `,
    exit: (value) => (value === null ? time : 'NULL'),
    result: () => '0',
  };
};

const hexadecimal = (value: unknown): string => `0x${Number(value).toString(16)}`;

export const taskShapes: Readonly<Record<string, ShapeOf>> = {
  execve,
  execveat: ([fd, argv, env], text) => {
    const { entry } = execve(['', argv, env], text);
    return { name: 'execveat', entry: `${String(fd)}, ${entry}, AT_EMPTY_PATH` };
  },
  clone: ([, flags]) => ({
    name: 'clone',
    entry: `child_stack=NULL, flags=${[...(flags as readonly string[]), 'SIGCHLD'].join('|')}`,
  }),
  exit_group: ([code]) => ({ name: 'exit_group', entry: String(code), result: () => '?' }),
  wait4,
  kill: plain('kill'),
  rt_sigaction: ([signal, action]) => ({
    name: 'rt_sigaction',
    entry: `${String(signal)}, ${actionWords(action as SignalAction)}, `,
    exit: (old) => `${old === null ? 'NULL' : actionWords(old as SignalAction)}, 8`,
    result: () => '0',
  }),
  rt_sigprocmask: ([how, signals]) => {
    const words = (names: unknown): string =>
      `[${(names as readonly string[]).map((name) => name.slice(3)).join(' ')}]`;
    const verb = how === 'block' ? 'SIG_BLOCK' : how === 'unblock' ? 'SIG_UNBLOCK' : 'SIG_SETMASK';
    return {
      name: 'rt_sigprocmask',
      entry: `${verb}, ${words(signals)}, `,
      exit: (old) => `${old === null ? 'NULL' : words(old)}, 8`,
      result: () => '0',
    };
  },
  pause: plain('pause'),
  setsid: (args, text) => ({ ...plain('setsid')(args, text), entry: '' }),
  setpgid: plain('setpgid'),
  getpgid: plain('getpgid'),
  getpriority: ([pid]) => ({
    name: 'getpriority',
    entry: `PRIO_PROCESS, ${String(pid)}`,
    result: (nice) => String(20 - Number(nice)),
  }),
  setpriority: ([pid, nice]) => ({ name: 'setpriority', entry: `PRIO_PROCESS, ${String(pid)}, ${String(nice)}` }),
  getsid: plain('getsid'),
  getpid: plain('getpid'),
  getppid: plain('getppid'),
  getuid: plain('getuid'),
  setgroups: ([groups]) => {
    const list = groups as readonly number[];
    return { name: 'setgroups', entry: list.length === 0 ? '0, NULL' : `${list.length}, [${list.join(', ')}]` };
  },
  setuid: ([uid]) => ({ name: 'setuid', entry: String(uid) }),
  mmap: ([bytes]) => ({
    name: 'mmap',
    entry: `NULL, ${String(bytes)}, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0`,
    result: hexadecimal,
  }),
  munmap: ([address, bytes]) => ({ name: 'munmap', entry: `${hexadecimal(address)}, ${String(bytes)}` }),
  nanosleep,
  getrandom: ([count], text) => ({
    name: 'getrandom',
    entry: '',
    exit: (value) => `${value === null ? somewhere : text(bytesOf(value))}, ${String(count)}, 0`,
    result: () => String(count),
  }),
};
