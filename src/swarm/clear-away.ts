/** The end of a run: everything goes on, then is removed; the engine answers, and nothing is left. */
import { valuesOf } from '../journal/table.ts';
import { namesIn, changedAtNs, textOf } from './disk.ts';
import { disagreements, fetchBack, settle } from './look-over.ts';
import type { Course } from './look-over.ts';
import { hangUp, perform, secondNs } from './perform.ts';
import { leftOfSessions } from './sessions.ts';

const patienceNs = 180 * secondNs;

interface Step {
  readonly line: string;
  readonly wrong: string;
  /** Not asked of a dockerd that keeps networks of what it has removed. */
  readonly isOfNetworks?: boolean;
}

/** What must go without a word of complaint, and what is wrong when it does not. */
const steps: readonly Step[] = [
  {
    line: 'for id in $(docker ps -aq); do docker rm -f $id; done; [ -z "$(docker ps -aq)" ]',
    wrong: 'in the end docker did not remove everything',
  },
  // What dockerd has given away and only it knows of: the names that the commands use, a port, addresses.
  {
    line: 'for n in 1 2 3 4; do docker create --name c$n busybox 2>&1 || exit 1; done; docker rm c1 c2 c3 c4',
    wrong: 'in the end a name is taken',
  },
  {
    line:
      'for n in 1 2 3 4; do docker run -d -p 808$n:80 --name c$n busybox sleep 1000 2>&1 || exit 1; ' +
      "docker inspect -f '{{.NetworkSettings.IPAddress}}' c$n | grep -x 172.17.0.$((n + 1)) || exit 1; done; " +
      'docker rm -f c1 c2 c3 c4',
    wrong: 'in the end the port or one of the first addresses is taken',
    isOfNetworks: true,
  },
  {
    line: 'for name in $(docker volume ls -q); do docker volume rm $name 2>&1 || exit 1; done',
    wrong: 'in the end a volume stays',
  },
];
/** An image on which another one stands goes after it. */
const removeImages =
  'for try in 1 2 3; do ids=$(docker images -aq); [ -z "$ids" ] || docker rmi -f $ids; done 2>&1; ' +
  '[ -z "$(docker images -aq)" ]';

/** What is empty once nothing is left. */
const emptied = ['image/overlay2/layerdb/mounts', 'containers', 'volumes'];
/** Likewise; but what a container half made by a killed dockerd stands on is never given up. */
const ofImages = ['overlay2/l', 'image/overlay2/layerdb/sha256'];
const eventsTold = '/run/events-told';

/** What is wrong in the end, a sentence each. */
export function clearAway(course: Course): readonly string[] {
  const { machine, witness } = course;
  fetchBack(machine);
  hangUp(machine);
  perform(machine, `docker events > ${eventsTold} & sleep 1`, patienceNs);
  const before = valuesOf(witness.world().dockerEvents).length;
  const asked = steps.filter(({ isOfNetworks }) => isOfNetworks !== true || !witness.keepsNetworks());
  const wrong = asked.flatMap(({ line, wrong: sentence }) => orSentence(course, line, sentence));
  settle(machine);
  wrong.push(...wrongEvents(course, before), ...leftOfSessions(machine.kernel), ...disagreements(course));
  return wrong.length > 0 ? wrong : [...orSentence(course, removeImages, 'in the end an image stays'), ...left(course)];
}

function orSentence({ machine }: Course, line: string, sentence: string): string[] {
  const { exitCode, output } = perform(machine, line, patienceNs);
  return exitCode === 0 ? [] : [`${sentence} (${exitCode}: ${output})`];
}

/** Who listens is told what happens: each event once, and in its order. */
function wrongEvents({ machine, witness }: Course, before: number): readonly string[] {
  const events = valuesOf(witness.world().dockerEvents);
  const told = textOf(machine.kernel, eventsTold).split('\n').slice(0, -1);
  // It began to listen a moment before.
  const begin = events.findLastIndex(({ line }, place) => place <= before && line === told[0]);
  const happened = events.slice(begin === -1 ? before : begin);
  const at = happened.findIndex(({ line }, place) => line !== told[place]);
  if (at === -1 && told.length === happened.length) return [];
  return [`docker events says ${told[at] ?? told[happened.length]}, and it is to say ${happened[at]?.line}`];
}

function left({ machine: { kernel }, witness }: Course): readonly string[] {
  const entries = (name: string): readonly string[] =>
    namesIn(kernel, `/var/lib/docker/${name}`).map((entry) => `/var/lib/docker/${name}/${entry}`);
  const isHeld = entries('image/overlay2/layerdb/mounts').length > 0;
  return [...emptied, ...(isHeld ? [] : ofImages)]
    .flatMap(entries)
    .filter((path) => !witness.staysForGood(path, changedAtNs(kernel, path)))
    .map((path) => `in the end there is still ${path}`);
}
