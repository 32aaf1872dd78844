/**
 * Wrong states, wrong names and wrong values, each as a command: the client's words, its exit code, and the calls that
 * it made with what dockerd answered. The answers are those of the modelled engine itself, asked on cgroup v1 and
 * without a bridge (wrong-states.json).
 */
import { describe, expect, test } from 'vitest';
import { createMachine } from '../host/machine.ts';
import type { JournalEvent } from '../journal/event.ts';
import { fromUtf8 } from '../kernel/bytes.ts';
import { normalise } from './normalise.ts';
import answers from './wrong-states.json' with { type: 'json' };

interface Answer {
  /** Runs first; of this nothing was recorded. */
  readonly given?: readonly string[];
  readonly command: string;
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** `METHOD TARGET: STATUS[ MESSAGE]`. */
  readonly calls: readonly string[];
}

const longestNs = 60e9;
/** What goes on behind a command has this long to come to rest before the next one. */
const restNs = 3e9;

describe.each(answers.groups as readonly { readonly about: string; readonly rows: readonly Answer[] }[])(
  'asked of the real engine: $about',
  ({ rows }) => {
    const journal: JournalEvent[] = [];
    const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => journal.push(event) });
    const run = (command: string) => {
      const output = { 1: '', 2: '' };
      const fromSeq = journal.length;
      const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', `${command}\nexit $?`] }, (fd, data) => {
        output[fd] += data;
      });
      machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + longestNs);
      const calls = callsIn(journal.slice(fromSeq));
      machine.quiesce(machine.nowNs() + restNs);
      return { exitCode: shell.exitCode(), stdout: fromUtf8(output[1]), stderr: fromUtf8(output[2]), calls };
    };
    const seen = rows.map(({ given = [], command }) => {
      given.forEach(run);
      return run(command);
    });

    test.each(rows.map((row, place) => [row.command, row, seen[place]] as const))('%s', (_, wanted, told) => {
      const messageless = new Set(wanted.calls.filter((call) => / \d{3}$/.test(call)));
      const calls = (told?.calls ?? []).map(comparable).map((call) => {
        const bare = call.replace(/^(\S+ \S+: \d{3}) .*$/s, '$1');
        return messageless.has(bare) ? bare : call;
      });
      expect({
        ...told,
        stdout: comparable(told?.stdout ?? ''),
        stderr: comparable(told?.stderr ?? ''),
        calls,
      }).toEqual({
        exitCode: wanted.exitCode,
        stdout: wanted.stdout ?? '',
        stderr: wanted.stderr ?? '',
        calls: wanted.calls,
      });
    });
  },
);

/** The requests to dockerd, and what it answered: the status, and of a refusal the words. */
function callsIn(journal: readonly JournalEvent[]): readonly string[] {
  return journal.flatMap((event) => {
    if (event.type !== 'message.send' || event.kind !== 'request' || event.protocol !== 'HTTP') return [];
    const { connection, label, seq } = event;
    const answer = journal.find(
      (other) =>
        other.type === 'message.send' &&
        other.kind === 'response' &&
        other.connection === connection &&
        other.label === label &&
        other.seq > seq,
    );
    if (answer?.type !== 'message.send') return [`${label}: unanswered`];
    const status = answer.status?.split(' ')[0] ?? '';
    return [`${label}: ${status}${Number(status) < 400 ? '' : ` ${messageIn(answer.body ?? '')}`}`.trimEnd()];
  });
}

function messageIn(body: string): string {
  const said: unknown = body.startsWith('{') ? JSON.parse(body) : {};
  return typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : '';
}

/** Ids are any ids; of several containers two begin alike with a digit that is any. The asked kernel had no inode64. */
function comparable(text: string): string {
  return normalise(text)
    .replace(/,inode64\b/g, '')
    .replace(/[0-9a-f]{64}/g, '$HEX')
    .replace(/(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])/g, '$HEX[:12]')
    .replace(/(provided prefix: |start containers: |\/containers\/)[0-9a-f](?![\w-])/g, '$1$PREFIX');
}
