/**
 * runc by hand, without an engine above it, against both recordings of the same script: its words, its state, its
 * hooks, its processes.
 */
import { expect, test } from 'vitest';
import { exampleSpec } from '../engine/runc/default-spec.ts';
import type { HookSpec, Spec } from '../engine/runc/spec.ts';
import { accepted } from './accepted.ts';
import traced from './calls-of-runc.json' with { type: 'json' };
import { byRole, callsOf, comparableCall } from './calls.ts';
import type { CallFact } from './calls.ts';
import { inContext, leftOut } from './left-out.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { comparableWords } from './older-engine.ts';
import { count, countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normalise, normaliseFact } from './normalise.ts';
import { observe } from './observe.ts';
import { numberFromStart } from './role-numbers.ts';
import { rerun } from './rerun.ts';
import { compareWords } from './words.ts';
import type { HistoryOperation, RecordedHook, Recording } from './recording.ts';
import modelled from './vm-30-pure-runc.json' with { type: 'json' };
import older from './native-30-pure-runc.json' with { type: 'json' };

const lab = '/tmp/lab';
const script = modelled as unknown as Recording;
const recordings = [script, older as unknown as Recording];
const commands = script.commands.filter(({ label }) => leftOut(script.source, label) === undefined);

const hook = (moment: string): readonly HookSpec[] => [
  { path: `${lab}/bundle/hook.sh`, args: ['hook.sh', moment, `${lab}/hooks`] },
];
/** What the recorder's bundle had in it, as far as it differs from `runc spec`'s. */
const spec: Spec = {
  ...exampleSpec,
  process: { ...exampleSpec.process, terminal: false, args: ['sleep', '4242'] },
  root: { path: 'rootfs', readonly: false },
  linux: { ...exampleSpec.linux, cgroupsPath: '/labpure/c1' },
};
const hooked: Spec = {
  ...spec,
  hooks: {
    prestart: hook('prestart'),
    createRuntime: hook('createRuntime'),
    createContainer: hook('createContainer'),
    startContainer: [{ path: '/hk/hook.sh', args: ['hook.sh', 'startContainer', '/hk/hooks'] }],
    poststart: hook('poststart'),
    poststop: hook('poststop'),
  },
};
/** Tells where it runs, whose child it is, and what it is told. */
const hookScript = `#!/bin/sh
read state
read pid comm run parent rest < /proc/self/stat
read name < /proc/$parent/comm
echo "$1|$(readlink /proc/self/ns/pid)|$(readlink /proc/self/ns/mnt)|$name|$state" >> $2
`;

const given = [
  `docker create --name source busybox; mkdir -p ${lab}/bundle ${lab}/runcroot; ` +
    `cp -a $(dirname $(ls -d /var/lib/docker/overlay2/*/diff/bin)) ${lab}/bundle/rootfs; mkdir ${lab}/bundle/rootfs/hk`,
  writing(`${lab}/bundle/hook.sh`, hookScript),
  `chmod +x ${lab}/bundle/hook.sh; cp ${lab}/bundle/hook.sh ${lab}/bundle/rootfs/hk/hook.sh`,
  writing(`${lab}/hooked.json`, JSON.stringify(hooked)),
  writing(`${lab}/plain.json`, JSON.stringify(spec)),
  `cp ${lab}/hooked.json ${lab}/bundle/config.json`,
];
const inBundle = commands.map(({ label, command }) => `cd ${lab}/bundle; ${inContext(script.source, label, command)}`);
const run = rerun(given, [
  ...inBundle,
  `cat ${lab}/hooks ${lab}/bundle/rootfs/hk/hooks; readlink /proc/self/ns/pid /proc/self/ns/mnt`,
]);

function writing(path: string, text: string): string {
  return `cat > ${path} <<'THE END'\n${text}\nTHE END\n`;
}

const tallies: Tallies = new Map();
const simulated = new Map(commands.map(({ label }, index) => [label, run.commands[index]]));

for (const { source, ...recording } of recordings) {
  for (const { label, exitCode, stdout, stderr } of recording.commands) {
    const seen = simulated.get(label);
    if (seen === undefined) continue;
    const told = { exitCode: seen.exitCode, stdout: words(seen.stdout), stderr: words(seen.stderr) };
    const wanted = { exitCode, stdout: words(stdout), stderr: words(stderr) };
    const comparison = compareWords(tallies, source, label, wanted, told);
    test(`${source}, ${label}: the words and the exit code`, () => {
      expect(comparison.equal, describeComparison(`${source} ${label} words`, comparison)).toBe(true);
    });
  }

  for (const step of recording.steps ?? []) {
    test(`${source}, ${step.labels.join(' ')}: who forks, execs, adopts and reaps whom`, () => {
      const seen = simulated.get(step.labels[0] ?? '');
      if (seen === undefined) throw new Error('not run');
      const comparison = compareInOrder(
        numberFromStart(step.history ?? []).map(comparable),
        numberFromStart(observe(run.journal, seen.fromSeq, seen.toSeq).history)
          .map(comparable)
          .filter(isOfRunc),
        accepted(source, step.labels, 'history'),
      );
      count(tallies, source, comparison);
      expect(comparison.equal, describeComparison(step.labels.join(' '), comparison)).toBe(true);
    });
  }

  test(`${source}: a hook runs where the recorded one did, as the same child, and is told the same`, () => {
    const { hooks = [] } = recording;
    const ofCreate = hooks.filter(({ moment }) => moment !== 'startContainer');
    const wanted = { c1: hooks, c9: ofCreate, c8: ofCreate };
    countFacts(tallies, source, Object.values(wanted).flat().length);
    expect(hooksSeen(Object.keys(wanted))).toEqual(wanted);
  });
}

test('vm-30-pure-runc: the system calls of create, start, exec, kill and delete', () => {
  const [first, last] = ['traced-create', 'traced-delete'].map((label) => simulated.get(label));
  if (!first || !last) throw new Error('not run');
  const recorded = traced.flatMap(({ who, calls }) =>
    calls.flatMap((call): readonly CallFact[] => {
      const text = comparableCall(normalise(call));
      return text === undefined ? [] : [{ who, call: text }];
    }),
  );
  // Its strace was not told of these.
  const isTraced = ({ call }: CallFact): boolean => !/^(?:keyctl|rename|kill|open|unlink)\(/.test(call);
  const told = callsOf(run.journal.slice(0, last.toSeq), first.fromSeq, {}).filter(isTraced);
  const comparison = compareInOrder<CallFact>(byRole(recorded), told, accepted(script.source, ['all'], 'calls'));
  count(tallies, script.source, comparison);
  expect(comparison.equal, describeComparison(`${script.source} calls`, comparison)).toBe(true);
});

test('MODEL.md counts the facts of runc by hand', () => {
  const rows = rowsOf('runc by hand', tallies);
  expect(rowsInModel('runc by hand', rows)).toEqual(rows);
});

/** What the hooks wrote down, by container. */
function hooksSeen(containers: readonly string[]): Readonly<Record<string, readonly RecordedHook[]>> {
  const lines = (run.commands.at(-1)?.stdout ?? '').trim().split('\n');
  const host = lines.splice(-2);
  // The one that runs inside writes inside: its lines come last.
  const inOrder = ['prestart', 'createRuntime', 'createContainer', 'poststart', 'startContainer', 'poststop'];
  const seen = lines.map((line) => {
    const [moment = '', pidNamespace, mountNamespace, parent = '', state = ''] = line.split('|');
    const { id, status, pid } = JSON.parse(state) as { id: string; status: string; pid?: number };
    const hook: RecordedHook = {
      moment,
      pidNamespace: pidNamespace === host[0] ? 'host' : 'container',
      mountNamespace: mountNamespace === host[1] ? 'host' : 'container',
      parent,
      status,
      ...(pid === undefined ? {} : { pid: pid === 1 ? 1 : '$PID' }),
    };
    return { id, hook };
  });
  const of = (container: string): readonly RecordedHook[] =>
    seen
      .flatMap(({ id, hook }) => (id === container ? [hook] : []))
      .toSorted((one, other) => inOrder.indexOf(one.moment) - inOrder.indexOf(other.moment));
  return Object.fromEntries(containers.map((container) => [container, of(container)]));
}

/** Numbers and times that differ from run to run. */
function words(text: string): string {
  return comparableWords(normalise(text))
    .replace(/"pid": (?:\$PID|[1-9]\d*)/, '"pid": $PID')
    .replace(/^(c\d +)(?:\$PID|[1-9]\d*) +/gm, '$1$PID ')
    .replace(/^(root +)(?:\$PID|\d+)( +1) +\d+ \d\d:\d\d/gm, '$1$PID$2 C STIME')
    .replace(/^ *([2-9]|[1-9]\d)( +0 ps )/gm, '$N$2')
    .replace(/^ *(?:\$PID|\$N|\d{3,})(?= +1 S|\t)/gm, '$PID')
    .replace(/^(NSpid:\t)\d+/gm, '$1$PID')
    .replace(/"init_process_(pid|start)":(?:\$PID|\d+)/g, '"init_process_$1":$N')
    .replace(/\/proc\/\$PID\//g, '/proc/$PID/')
    .replace(/(?:Nov 24|[A-Z][a-z]{2} [ \d]\d) \d\d:\d\d/g, '$DATE')
    .replace(/^total \d+$/gm, 'total $N')
    .replace(/^([-dprwx]{10} \d+ root root) +\d+/gm, '$1 $N')
    .replace(/("[a-zA-Z_]+"):\d+/g, (pair, name: string) => (text.startsWith('{"type"') ? `${name}:$N` : pair))
    .replace(/"cache":\$N,|,"raw":\{[^}]*\}/g, '')
    .replace(/ {2,}/g, ' ');
}

/** Fields that place a recorded fact in its recording mean nothing here. */
function comparable(fact: HistoryOperation): HistoryOperation {
  const { inferred: _, ...operation } = normaliseFact(fact) as HistoryOperation & { readonly inferred?: true };
  return operation;
}

/** The shell that a command runs in is the test's own. */
function isOfRunc(fact: HistoryOperation): boolean {
  return !(fact.who === 'sh' && !('child' in fact)) && !('child' in fact && fact.child === 'sh');
}
