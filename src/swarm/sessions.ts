/** What is left of users' sessions when there is no container any more. */
import type { Kernel, Task } from '../kernel/kernel.ts';

/**
 * Sessions with nobody in them, which systemd is to end, and who is in one though he has nothing to wait for, a
 * sentence each.
 */
export function leftOfSessions(kernel: Kernel): readonly string[] {
  const slice = kernel.rootCgroup.children.get('user.slice')?.children.get('user-0.slice');
  const sessions = [...(slice?.children.values() ?? [])].filter(({ name }) => name.startsWith('session-'));
  return sessions.flatMap(({ name, population, tasks }) =>
    population === 0
      ? [`in the end nobody is in ${name}, and it is still there`]
      : [...tasks]
          .filter((task) => !waitsForEvents(task))
          .map(({ pid, argv }) => `in the end ${pid} (${argv.join(' ')}) goes on`),
  );
}

/** `docker events` ends when it is told to. */
function waitsForEvents({ argv: [program, verb] }: Task): boolean {
  return program === 'docker' && verb === 'events';
}
