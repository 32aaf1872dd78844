/** The files and commands that a program of awk reads from and writes to. */
import { O, type Environment, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, print, writeAll } from '../io.ts';
import { spawn, waitFor } from '../spawn.ts';
import { AwkFailure } from './failure.ts';
import type { Patterns } from './patterns.ts';
import { Records } from './records.ts';
import type { Redirection } from './syntax.ts';

/** So much is held before it is written. */
const bufferBytes = 4096;

interface Output {
  readonly fd: number;
  readonly pid: number | null;
  pending: string;
}

interface Input {
  readonly fd: number;
  readonly pid: number | null;
  readonly records: Records;
}

export class Streams {
  private readonly environment: Environment;
  private readonly patterns: Patterns;
  private readonly outputs = new Map<string, Output>([['/dev/stdout', { fd: 1, pid: null, pending: '' }]]);
  private readonly inputs = new Map<string, Input>();

  constructor(environment: Environment, patterns: Patterns) {
    this.environment = environment;
    this.patterns = patterns;
  }

  records(fd: number): Records {
    return new Records(fd, this.patterns, () => this.flushAll());
  }

  *write(text: string, name = '/dev/stdout', sign: Redirection['sign'] = '>'): Running<void> {
    const output = this.outputs.get(name) ?? (yield* this.openOutput(name, sign));
    output.pending += text;
    if (output.pending.length >= bufferBytes || output.fd === 2) yield* flush(output);
  }

  /** What comes from a file or a command; null when the file cannot be opened. */
  *input(name: string, from: 'file' | 'command'): Running<Records | null> {
    const known = this.inputs.get(name);
    if (known) return known.records;
    let made: Omit<Input, 'records'>;
    if (from === 'command') {
      yield* this.flushAll();
      const [reader, writer] = yield* sys.pipe2(O.CLOEXEC);
      made = { fd: reader, pid: yield* this.shell(name, { 1: writer }) };
      yield* sys.close(writer);
    } else {
      try {
        const fd = name === '-' || name === '/dev/stdin' ? 0 : yield* sys.open(name, O.RDONLY | O.CLOEXEC);
        made = { fd, pid: null };
      } catch (error) {
        if (isErrno(error)) return null;
        throw error;
      }
    }
    const records = this.records(made.fd);
    this.inputs.set(name, { ...made, records });
    return records;
  }

  *system(command: string): Running<number> {
    yield* this.flushAll();
    return yield* ended(yield* this.shell(command, {}));
  }

  /** What a command ended with, 0 for a file, -1 for what is not open. */
  *close(name: string): Running<number> {
    const output = this.outputs.get(name);
    const stream = output ?? this.inputs.get(name);
    if (stream === undefined) return -1;
    if (output) yield* flush(output);
    this.outputs.delete(name);
    this.inputs.delete(name);
    if (stream.fd > 2) yield* sys.close(stream.fd);
    return stream.pid === null ? 0 : yield* ended(stream.pid);
  }

  *flushAll(): Running<void> {
    for (const output of this.outputs.values()) yield* flush(output);
  }

  *closeAll(): Running<void> {
    for (const name of [...this.outputs.keys(), ...this.inputs.keys()]) yield* this.close(name);
  }

  private *openOutput(name: string, sign: Redirection['sign']): Running<Output> {
    let output: Output;
    if (sign === '|') {
      yield* this.flushAll();
      const [reader, writer] = yield* sys.pipe2(O.CLOEXEC);
      output = { fd: writer, pid: yield* this.shell(name, { 0: reader }), pending: '' };
      yield* sys.close(reader);
    } else if (name === '/dev/stderr') output = { fd: 2, pid: null, pending: '' };
    else if (name === '-') output = { fd: 1, pid: null, pending: '' };
    else {
      try {
        const how = sign === '>' ? O.TRUNC : O.APPEND;
        const fd = yield* sys.open(name, O.WRONLY | O.CREAT | O.CLOEXEC | how, 0o666);
        output = { fd, pid: null, pending: '' };
      } catch (error) {
        const words = errnoWords(error);
        throw new AwkFailure(`cannot open "${name}" for output`, `can't open '${name}': ${words}`);
      }
    }
    this.outputs.set(name, output);
    return output;
  }

  private *shell(command: string, fds: Readonly<Record<number, number>>): Running<number> {
    return yield* spawn({ path: '/bin/sh', argv: ['sh', '-c', command], env: this.environment, fds });
  }
}

function* flush(output: Output): Running<void> {
  const { pending } = output;
  output.pending = '';
  yield* output.fd === 1 ? print(pending) : writeAll(output.fd, pending);
}

function* ended(pid: number): Running<number> {
  const status = yield* waitFor(pid);
  return 'code' in status ? status.code : 256;
}
