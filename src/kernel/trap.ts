/**
 * The way of a program's system call into the kernel: straight, as by a trap. The program is left only where it has to
 * wait; a generator that yields has all the generators around it to pass, there and back.
 */
import type { Request } from './abi.ts';
import type { Outcome } from './kernel.ts';

/** Makes the call; null where the program has to yield it, be it made already or not. */
type Entry = (request: Request) => Outcome;

/** That of the kernel whose program runs at this moment; null while none does. */
let present: Entry | null = null;

/** Makes `entry` the way in while `run` runs. */
export function runWith(entry: Entry, run: () => void): void {
  const outer = present;
  present = entry;
  try {
    run();
  } finally {
    present = outer;
  }
}

type Call<T> = Generator<Request, T, unknown>;

/**
 * A generator of one system call, without one's cost: it is its own request and its own iterator result. It returns at
 * once where the kernel answers at once, and yields where the thread has to wait. A system call is made so often that
 * this is to be seen.
 */
class CallRequest {
  readonly call: string;
  readonly args: readonly unknown[];
  done = false;
  value: unknown;
  constructor(name: string, args: readonly unknown[]) {
    this.call = name;
    this.args = args;
    this.value = undefined;
  }

  next(answer: unknown): this {
    if (this.value === undefined) {
      const outcome = present === null ? null : present(this);
      if (outcome === null) {
        this.value = this;
        return this;
      }
      if ('error' in outcome) throw outcome.error;
      answer = outcome.value;
    }
    this.done = true;
    this.value = answer;
    return this;
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: unknown): this {
    this.done = true;
    this.value = value;
    return this;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/**
 * A system call by its name: `yield*` gives what it returns, or throws its Errno. The rest of a generator's interface
 * (`map`, `filter` and so on) nobody calls on it.
 */
export function call<T>(name: string, ...args: readonly unknown[]): Call<T> {
  return new CallRequest(name, args) as unknown as Call<T>;
}
