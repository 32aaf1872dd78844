/** What the container machine's states have done: each activity's coroutine is in the file of its verb. */
import type { Activity } from '../drive.ts';
import type { containerMachine } from './container.machine.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { removeContainerFiles } from './delete.ts';
import { cleanUp, noteStarted, recordExit } from './monitor.ts';
import { notePaused, pauseTask, resumeTask } from './pause.ts';
import { giveUpRestart, scheduleRestart } from './restart-policy.ts';
import { createTaskOf, setUp, startTaskOf, undoStart } from './start.ts';

export function activitiesOf(
  daemon: Daemon,
  container: Container,
): Readonly<Record<string, Activity<typeof containerMachine>>> {
  return {
    setUp: () => setUp(daemon, container),
    createTask: () => createTaskOf(daemon, container),
    startTask: () => startTaskOf(daemon, container),
    undoStart: (event) => undoStart(daemon, container, event),
    pauseTask: () => pauseTask(daemon, container),
    resumeTask: () => resumeTask(daemon, container),
    noteStarted: () => noteStarted(daemon, container),
    noteFrozen: () => notePaused(daemon, container, true),
    noteThawed: () => notePaused(daemon, container, false),
    cleanUp: (event) => cleanUp(daemon, container, event),
    recordExit: () => recordExit(daemon, container),
    scheduleRestart: () => scheduleRestart(daemon, container),
    giveUpRestart: () => giveUpRestart(container),
    remove: (event) => removeContainerFiles(daemon, container, event),
  };
}
