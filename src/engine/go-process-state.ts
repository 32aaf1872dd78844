import type { ExitStatus } from '../journal/event.ts';

const signalWords: Readonly<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGABRT: 'aborted',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGUSR1: 'user defined signal 1',
  SIGSEGV: 'segmentation fault',
  SIGUSR2: 'user defined signal 2',
  SIGPIPE: 'broken pipe',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
};

/** How a child has failed; null when it has not. Go: os/exec_posix.go, ProcessState.String(). */
export function failureOf(status: ExitStatus): string | null {
  if ('code' in status) return status.code === 0 ? null : `exit status ${status.code}`;
  return `signal: ${signalWords[status.signal] ?? status.signal}${status.core === true ? ' (core dumped)' : ''}`;
}
