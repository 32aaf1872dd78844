/** What a failure to start says of itself, in the words of containerd and runc. moby: daemon/errors.go. */
export interface StartFailure {
  readonly message: string;
  /** 127 for a command that is not there or a file mounted onto a directory, 126 for no executable one, else 128. */
  readonly exitCode: number;
}

const mountHint =
  'Are you trying to mount a directory onto a file (or vice-versa)? ' +
  'Check if the specified host path exists and is the expected type';

/** moby: setExitCodeFromError(). A directory is no command: what the error wraps then is EACCES. */
export function startFailure(message: string): StartFailure {
  if (/executable file not found|no such file or directory/i.test(message)) return { message, exitCode: 127 };
  if (/permission denied/i.test(message)) return { message, exitCode: 126 };
  if (/is a directory/i.test(message)) return { message: `${message}: permission denied`, exitCode: 126 };
  if (/not a directory/i.test(message)) return { message: `${message}: ${mountHint}`, exitCode: 127 };
  return { message, exitCode: 128 };
}
