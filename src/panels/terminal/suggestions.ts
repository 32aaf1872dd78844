import { containersOf, tasksOf } from '../../journal/look-up.ts';
import type { World } from '../../journal/world.ts';

/** Commands that make sense now, the most telling first: what a phone offers as buttons. */
export function suggestionsFor(world: World, history: readonly string[]): readonly string[] {
  const containers = containersOf(world);
  const running = containers.find(({ status }) => status === 'running');
  const ended = containers.find(({ status }) => status === 'exited');
  const frozen = containers.find(({ status }) => status === 'paused');
  const name = (container: { readonly name: string }) => container.name.replace(/^\//, '');
  const hasDaemon = tasksOf(world).some(({ comm, state }) => comm === 'dockerd' && state !== 'zombie');
  const found: string[] = hasDaemon ? [] : ['systemctl start docker', 'systemctl status docker', 'pstree -p'];
  if (containers.length === 0) found.push('docker run -d --name web nginx', 'docker run --rm busybox echo hello');
  if (frozen !== undefined) found.push(`docker unpause ${name(frozen)}`, 'docker ps');
  if (running !== undefined) {
    found.push(
      'pstree -p',
      'docker ps',
      `docker top ${name(running)}`,
      `docker logs ${name(running)}`,
      `docker stop ${name(running)}`,
    );
  }
  if (ended !== undefined) found.push('docker ps -a', `docker start ${name(ended)}`, `docker rm ${name(ended)}`);
  found.push('docker run -it --rm alpine sh', 'docker images', 'help');
  const recent = new Set(history.slice(-2));
  return [...new Set(found)].filter((command) => !recent.has(command)).slice(0, 5);
}

/** In a container's shell: what is the same as on the host, and what is not. */
export const suggestionsInside: readonly string[] = ['ps', 'hostname', 'exit'];

const programs = [
  'docker',
  'ps',
  'pstree',
  'ls',
  'cat',
  'echo',
  'kill',
  'lsns',
  'mount',
  'grep',
  'sleep',
  'strace',
  'help',
  'clear',
];

const dockerCommands =
  'ps run exec stop start kill rm logs inspect images pull pause unpause restart rename update top stats events attach ' +
  'wait create cp diff commit export info version volume network container image';

/** A command that was probably meant, when the shell, or docker, has not found what was typed. */
export function meantBy(output: string, lastLine: string): string | null {
  const missing = /(?:^|\n)[^\n]*: (\S+): (?:command )?not found\r?\n[^\n]*$/.exec(output)?.[1];
  if (missing !== undefined) return lineWith(lastLine, missing, programs);
  const verb = /(?:^|\n)docker: '(\S+)' is not a docker command\.\r?\n[^\n]*\n[^\n]*$/.exec(output)?.[1];
  return verb === undefined ? null : lineWith(lastLine, verb, dockerCommands.split(' '));
}

/** Null where the line is another one than the complaint is about: going back, one sees earlier complaints. */
function lineWith(line: string, wrong: string, known: readonly string[]): string | null {
  const near = known.find((word) => isNear(wrong, word));
  return near === undefined || !line.includes(wrong) ? null : line.replace(wrong, near);
}

/** One letter too many, too few, wrong, or two exchanged. */
export function isNear(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1 || one.length < 2) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const restOne = one.slice(start);
  const restOther = other.slice(start);
  return (
    restOne.slice(1) === restOther.slice(1) ||
    restOne.slice(1) === restOther ||
    restOne === restOther.slice(1) ||
    (restOne.slice(2) === restOther.slice(2) && restOne[0] === restOther[1] && restOne[1] === restOther[0])
  );
}
