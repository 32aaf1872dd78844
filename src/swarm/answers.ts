/** What dockerd and containerd say of containers when somebody asks them as a user would. */
import type { Machine } from '../host/machine.ts';
import type { StateSaid } from './inspected.ts';
import { perform, secondNs } from './perform.ts';

export interface Answers {
  /** `docker ps -a`: by id, the name and the state. */
  readonly containers: ReadonlyMap<string, string>;
  /** `ctr containers ls`: ids. */
  readonly records: ReadonlySet<string>;
  /** `ctr tasks ls`: by id, the pid and the status; undefined when it was not asked. */
  readonly tasks: ReadonlyMap<string, string> | undefined;
  /** `docker inspect`: by id, State. */
  readonly states: ReadonlyMap<string, StateSaid>;
  /** `docker inspect`: by id, ExecIDs. */
  readonly execs: ReadonlyMap<string, readonly string[]>;
  /** `docker volume ls`: those that no container has. */
  readonly dangling: readonly string[];
}

const patienceNs = 10 * secondNs;
const between = '--';
const format = '{{.Id}} [{{json .State}},{{json .ExecIDs}}]';

function questions(held: ReadonlySet<string>): readonly string[] {
  const isHeld = [...held].map((id) => `-e '${id}'`).join(' ');
  const ids = `docker ps -aq --no-trunc${held.size > 0 ? ` | grep -v ${isHeld}` : ''}`;
  return [
    "docker ps -a --no-trunc --format '{{.ID}} {{.Names}} {{.State}}'",
    'ctr -n moby containers ls -q',
    `ids=$(${ids}); { [ -z "$ids" ] || docker inspect -f '${format}' $ids; }`,
    'docker volume ls -qf dangling=true',
    held.size > 0 ? 'true' : 'ctr -n moby tasks ls',
  ];
}

/**
 * Asks; undefined when one of them has not answered within seconds.
 *
 * @param held containers one of whose processes stands still: dockerd has their locks maybe, and containerd waits for
 *   each shim whose task it lists.
 */
export function ask(machine: Machine, held: ReadonlySet<string>): Answers | undefined {
  const line = questions(held).join(` && echo ${between} && `);
  const { exitCode, output, kill } = perform(machine, line, patienceNs);
  if (exitCode !== 0) {
    kill();
    return undefined;
  }
  const [containers = '', records = '', inspected = '', volumes = '', tasks = ''] = output.split(`${between}\n`);
  const found = linesOf(inspected)
    .map(splitOnce)
    .map(([id, json]) => [id, ...(JSON.parse(json) as readonly [StateSaid, readonly string[] | null])] as const);
  return {
    containers: new Map(linesOf(containers).map(splitOnce)),
    records: new Set(linesOf(records)),
    states: new Map(found.map(([id, state]) => [id, state])),
    execs: new Map(found.map(([id, , execs]) => [id, execs ?? []])),
    dangling: linesOf(volumes),
    tasks: held.size > 0 ? undefined : new Map(linesOf(tasks).slice(1).map(splitOnce)),
  };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** `ID REST`, with one blank between the words of the rest. */
function splitOnce(line: string): readonly [string, string] {
  const [id = '', ...rest] = line.trim().split(/\s+/);
  return [id, rest.join(' ')];
}
