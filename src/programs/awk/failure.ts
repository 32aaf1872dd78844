/** What ends a program of awk before its end. */

/** A mistake as it runs: mawk's words, and busybox's where it sees one too. */
export class AwkFailure extends Error {
  readonly busybox: string;
  readonly line: number;

  constructor(message: string, busybox = 'Access to negative field', line = 1) {
    super(message);
    this.busybox = busybox;
    this.line = line;
  }
}

/** What awk has and this does not. */
export class AwkUnmodelled extends Error {}

/** `exit`: the rules of END follow, unless it is said in one of them. */
export class AwkExit extends Error {}

/** `next` and `nextfile`. */
export class AwkNext extends Error {
  readonly isFile: boolean;

  constructor(isFile: boolean) {
    super();
    this.isFile = isFile;
  }
}
