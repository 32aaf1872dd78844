/** A failure that runc reports: on standard error, and in `--log`, whence the shim learns of it. */
export class RuncError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
