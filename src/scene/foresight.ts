import type { Role } from '../journal/roles.ts';
import { containerName, type Life, type Lives } from './lives.ts';

/**
 * What the rules of the story ask of what comes later: what a process becomes, who will take a message. Each answer is
 * kept, so that what was told with it can be told on when more has happened, as long as it would be the same then.
 */
export interface Foresight {
  readonly role: (pid: number) => Role | undefined;
  /** 0 for a pid without a birth in the journal. */
  readonly forkedBy: (pid: number) => number;
  /** The last program that a process executes. */
  readonly program: (pid: number) => Life['programs'][number] | undefined;
  readonly image: (id: string) => string | undefined;
  /** A container's first name, or the 12 digits that docker shows; what is no id stays as it is. */
  readonly firstName: (id: string) => string;
  /** Id of the container that a request to create one made, by the request's seq. */
  readonly created: (seq: number) => string | undefined;
  readonly receiver: (message: number) => number | undefined;
  readonly writeSleepsNs: (seq: number) => number | undefined;
  readonly isLastOfLine: (seq: number) => boolean;
  /** The container's first process at an event; none before its first start. */
  readonly initsOf: (id: string, seq: number) => readonly number[];
  /** The hooks of runc's that are at work for a container at an event. */
  readonly hooksOf: (id: string, seq: number) => readonly number[];
}

/** The answers that were given, question by question. */
export type Answers = ReturnType<typeof noAnswers>;

export function noAnswers() {
  return {
    role: kept(({ roles }, pid: number) => roles.get(pid), isSameRole),
    forkedBy: kept(({ byPid }, pid: number) => byPid.get(pid)?.forkedBy ?? 0),
    program: kept(({ byPid }, pid: number) => byPid.get(pid)?.programs.at(-1), isSameProgram),
    image: kept(({ containers }, id: string) => containers.get(id)?.image),
    firstName: kept((lives, id: string) => lives.containers.get(id)?.firstName ?? containerName(lives, id)),
    created: kept(({ created }, seq: number) => created.get(seq)),
    receiver: kept(({ receivers }, message: number) => receivers.get(message)),
    writeSleepsNs: kept(({ writeSleepsNs }, seq: number) => writeSleepsNs.get(seq)),
    isLastOfLine: kept(({ lastOfLine }, seq: number) => lastOfLine.has(seq)),
    initsOf: kept(at(initsBornBefore), isSameList),
    hooksOf: kept(at(hooksAtWork), isSameList),
  };
}

export function foresightOf(lives: Lives, answers: Answers): Foresight {
  return {
    role: (pid) => answers.role.of(lives, pid),
    forkedBy: (pid) => answers.forkedBy.of(lives, pid),
    program: (pid) => answers.program.of(lives, pid),
    image: (id) => answers.image.of(lives, id),
    firstName: (id) => answers.firstName.of(lives, id),
    created: (seq) => answers.created.of(lives, seq),
    receiver: (message) => answers.receiver.of(lives, message),
    writeSleepsNs: (seq) => answers.writeSleepsNs.of(lives, seq),
    isLastOfLine: (seq) => answers.isLastOfLine.of(lives, seq),
    initsOf: (id, seq) => answers.initsOf.of(lives, `${id} ${seq}`),
    hooksOf: (id, seq) => answers.hooksOf.of(lives, `${id} ${seq}`),
  };
}

/** Whether lives that know more would have answered the same. */
export function stillHold(answers: Answers, lives: Lives): boolean {
  return Object.values(answers).every(({ holdIn }) => holdIn(lives));
}

function kept<Key, Answer>(
  ask: (lives: Lives, key: Key) => Answer,
  isSame: (one: Answer, other: Answer) => boolean = Object.is,
) {
  const given = new Map<Key, Answer>();
  return {
    of: (lives: Lives, key: Key): Answer => {
      const known = given.get(key);
      if (known !== undefined) return known;
      const answer = ask(lives, key);
      given.set(key, answer);
      return answer;
    },
    holdIn: (lives: Lives): boolean => [...given].every(([key, answer]) => isSame(ask(lives, key), answer)),
  };
}

/** A question about somebody at an event. */
function at<Answer>(ask: (lives: Lives, who: string, seq: number) => Answer) {
  return (lives: Lives, key: string): Answer => {
    const [who = '', seq = ''] = key.split(' ');
    return ask(lives, who, Number(seq));
  };
}

function initsBornBefore({ inits }: Lives, id: string, seq: number): readonly number[] {
  return (inits.get(id) ?? [])
    .filter(({ born }) => born < seq)
    .map(({ pid }) => pid)
    .slice(-1);
}

function hooksAtWork({ hooks }: Lives, id: string, seq: number): readonly number[] {
  return (hooks.get(id) ?? [])
    .filter(({ born, exited }) => born < seq && (exited === null || exited > seq))
    .map(({ pid }) => pid);
}

function isSameRole(one: Role | undefined, other: Role | undefined): boolean {
  return one?.label === other?.label && one?.part === other?.part && one?.container === other?.container;
}

type Program = Life['programs'][number] | undefined;

function isSameProgram(one: Program, other: Program): boolean {
  return one?.since === other?.since;
}

function isSameList(one: readonly number[], other: readonly number[]): boolean {
  return one.join(' ') === other.join(' ');
}
