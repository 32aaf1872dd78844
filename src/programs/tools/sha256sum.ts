/** sha256sum(1): coreutils' and busybox's. */
import type { Program, Running } from '../../kernel/abi.ts';
import { complain, linesOf, print } from '../io.ts';
import { sha256 } from '../sha256.ts';
import { cannotOpen, readInputs } from './inputs.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from './options.ts';

/** `sha256sum [-b] [--tag] [FILE…]`, and `sha256sum -c [--quiet] [--status] [FILE…]` to check what it has printed. */
export const sha256sum = (flavour: Flavour): Program =>
  function* sha256sumMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'bctqsw', {
      binary: 'b',
      check: 'c',
      text: 't',
      tag: 'T',
      quiet: 'q',
      status: 's',
      warn: 'w',
    });
    if (typeof options === 'string') return yield* refuseOptions('sha256sum', options, flavour);
    const { inputs, failed } = yield* read(options.operands, flavour);
    if (options.has('c')) return (yield* checkAll(inputs, options, flavour)) && !failed ? 0 : 1;
    for (const { path, text } of inputs) {
      const line = options.has('T')
        ? `SHA256 (${path}) = ${sha256(text)}`
        : `${sha256(text)} ${options.has('b') ? '*' : ' '}${path}`;
      yield* print(`${line}\n`);
    }
    return failed ? 1 : 0;
  };

function* read(operands: readonly string[], flavour: Flavour): ReturnType<typeof readInputs> {
  return yield* readInputs('sha256sum', operands, (path, words) => cannotOpen(flavour, (name) => name, path, words));
}

/** Whether all that the lists name is as they say. */
function* checkAll(
  lists: readonly { readonly path: string; readonly text: string }[],
  options: Options,
  flavour: Flavour,
): Running<boolean> {
  let isRight = true;
  for (const { path, text } of lists) {
    const entries = linesOf(text).flatMap((line) => {
      const [, digest, name] = /^([0-9a-f]{64}) [ *](.+)$/i.exec(line) ?? [];
      return digest === undefined || name === undefined ? [] : [{ digest, name }];
    });
    if (entries.length === 0) {
      yield* complain('sha256sum', `${path}: no properly formatted checksum lines found`);
      isRight = false;
      continue;
    }
    const missing = { unread: 0, wrong: 0 };
    for (const { digest, name } of entries) {
      const { inputs } = yield* read([name], flavour);
      const verdict = inputs[0] === undefined ? 'FAILED open or read' : verdictOn(inputs[0].text, digest);
      if (inputs[0] === undefined) missing.unread += 1;
      else if (verdict === 'FAILED') missing.wrong += 1;
      const isTold = !options.has('s') && !(options.has('q') && verdict === 'OK');
      if (isTold) yield* print(`${name}: ${verdict}\n`);
    }
    if (missing.unread + missing.wrong > 0) isRight = false;
    if (!options.has('s')) yield* warn(missing, entries.length, flavour);
  }
  return isRight;
}

function verdictOn(text: string, digest: string): 'OK' | 'FAILED' {
  return sha256(text) === digest.toLowerCase() ? 'OK' : 'FAILED';
}

function* warn(
  { unread, wrong }: { readonly unread: number; readonly wrong: number },
  count: number,
  flavour: Flavour,
): Running<void> {
  const say = (words: string): Running<void> => complain('sha256sum', `WARNING: ${words}`);
  if (flavour === 'busybox') {
    if (unread + wrong > 0) yield* say(`${unread + wrong} of ${count} computed checksums did NOT match`);
    return;
  }
  if (unread > 0) yield* say(`${unread} listed ${unread === 1 ? 'file' : 'files'} could not be read`);
  if (wrong > 0) yield* say(`${wrong} computed ${wrong === 1 ? 'checksum' : 'checksums'} did NOT match`);
}
