/** A failure that runc reports: on standard error, and in `--log`, whence the shim learns of it. */
export class RuncError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A nil pointer that runc follows: Go's runtime ends the program. `where`: its innermost frame. */
export class Panic extends Error {
  constructor(where: { readonly call: string; readonly at: string; readonly pc: string }) {
    super(
      'panic: runtime error: invalid memory address or nil pointer dereference\n' +
        `[signal SIGSEGV: segmentation violation code=0x1 addr=0x10 pc=${where.pc}]\n\n` +
        `goroutine 1 [running]:\n${where.call}\n\t${where.at}\n`,
    );
  }
}
