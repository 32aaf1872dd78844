/** What a failure to start says of itself, in the words of containerd and runc. moby: daemon/errors.go. */
export interface StartFailure {
  readonly message: string;
  /** 127 for a command that is not there, 126 for one that cannot be executed, else 128. */
  readonly exitCode: number;
}

/** moby: setExitCodeFromError(). A directory is no command: what the error wraps then is EACCES. */
export function startFailure(message: string): StartFailure {
  if (/executable file not found|no such file or directory/i.test(message)) return { message, exitCode: 127 };
  if (!/permission denied|is a directory/i.test(message)) return { message, exitCode: 128 };
  return { message: /permission denied/i.test(message) ? message : `${message}: permission denied`, exitCode: 126 };
}
