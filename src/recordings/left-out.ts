/** Which recorded commands are not run, and what the recorder did around others. */
import type { Recording } from './recording.ts';
import type { Beside } from './rerun.ts';

/** Recorded commands that are not run: what they need is not modelled yet, or was an accident of the recording host. */
export const commandsLeftOut: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'vm-18-errors': {
    noimage: 'the recording host had no network, the simulated registry answers',
    portinuse: 'the recorded host had sshd on port 22, nobody listens there here',
  },
  'native-17-namespace-sharing': {
    usernshost: '--userns',
    priv: 'the recording host forbade what --privileged gives',
  },
  'native-18-errors': {
    noimage: 'the recording host had no network, the simulated registry answers',
    pull: 'the recording host had no network, the simulated registry answers',
    badvol: 'the older engine takes it for a volume',
    badsig: 'the older client has no stop -s',
    nodaemon: 'the recorder gave -H twice',
  },
  'native-21-attach-detach': {
    attach: 'script(1) is no tool of the host',
    'attach-keys': 'script(1) is no tool of the host',
    logs: 'has what was typed in attach',
  },
  'vm-30-pure-runc': {
    'exec-c1': 'the recorder’s busybox was built without the TIME column',
  },
};

/** Commands that the recorder started beside the ones after them. */
const commandsBeside: Readonly<Record<string, readonly string[]>> = {
  'vm-08-exit-codes': ['wait-w', 'wait-two'],
  'vm-19-lifecycle-commands': ['wait'],
  'vm-21-attach-detach': ['attach-kill', 'attach1', 'attach2'],
};

/**
 * Commands that show pids, which depend on how many the threads of runc init took, or as many lines as the recorder was
 * slow: their words are compared without the numbers.
 */
const commandsWithNumbers: Readonly<Record<string, readonly string[]>> = {
  'vm-08-exit-codes': ['selfkill-init'],
  'vm-11a-restart-docker-service': ['logs'],
  'vm-11b-restart-docker-live-restore': ['logs', 'logst'],
  'vm-11e-exit-while-daemon-down': ['inspect', 'logs-ex', 'logs-al', 'logs-wr'],
  'vm-12a-kill9-containerd-systemd': ['logs'],
  'vm-12b-kill9-dockerd': ['logs'],
  'vm-12d-kill9-dockerd-live-restore': ['logs'],
  'vm-15-zombies': ['ps-z', 'ps-zi', 'ps-zs', 'ps-z2', 'top-z', 'top-zi', 'top-fmt'],
  'vm-19-lifecycle-commands': ['top'],
  'vm-21-attach-detach': ['attach-kill', 'attach1', 'attach2'],
  'vm-23-healthcheck': ['inspect-healthy', 'inspect-unhealthy', 'ps-timeout'],
};

const plainBundle = 'cp ../plain.json config.json; sed -i';

/**
 * What the recorder did beside a command: it waited before it, or sent signals to the client from elsewhere. The whole
 * as one line for the host's shell.
 */
const commandsInContext: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'vm-08-exit-codes': {
    'segv-pid1': 'docker run --name segvpid1 -v /root/segv:/segv:ro --network none busybox /segv',
    'segv-sub':
      'docker run --name segvsub -v /root/segv:/segv:ro --network none busybox sh -c \'/segv; echo "rc=$?"; exit 0\'',
    'kill-k9': 'sleep 1; $COMMAND',
    'stop-t15': 'sleep 6; $COMMAND',
    'wait-created-bg': 'docker wait cr',
  },
  'vm-09b-oom-child': { child: '$COMMAND; sleep 45' },
  'vm-11e-exit-while-daemon-down': { ps2: 'sleep 4; $COMMAND', 'logs-wr': '$COMMAND; sleep 6' },
  'vm-15-zombies': { zs: '$COMMAND; sleep 4' },
  'vm-23-healthcheck': {
    'inspect-starting': '$COMMAND; sleep 14',
    break: '$COMMAND; sleep 24',
    fix: '$COMMAND; sleep 14',
    stop: 'sleep 10; $COMMAND',
    'run-timeout': '$COMMAND; sleep 14',
    'run-noent': '$COMMAND; sleep 12',
  },
  'vm-21-attach-detach': {
    logs: 'sleep 6; kill -INT $(pgrep -x docker | head -n 1); sleep 30; $COMMAND',
  },
  'vm-30-pure-runc': {
    'create-c1': '$COMMAND < /dev/null > /tmp/lab/.o 2> /tmp/lab/.e',
    'kill-c1-3': '$COMMAND; sleep 1',
    'kill-c8': '$COMMAND; sleep 1',
    'run-c2': `${plainBundle} 's/"sleep","4242"/"sh","-c","echo hello from $$; exit 3"/' config.json; $COMMAND`,
    'run-c3': '$COMMAND; sleep 1',
    'create-c4': `${plainBundle} 's/"sleep","4242"/"nosuchcmd"/' config.json; $COMMAND`,
    'run-c5': `${plainBundle} 's/"sleep","4242"/"\\/etc\\/hostname"/' config.json; touch rootfs/etc/hostname; $COMMAND`,
    'list-5': '$COMMAND; cp ../plain.json config.json',
  },
  'vm-05-kill-signals': {
    logs1: 'sleep 3; $COMMAND',
    fg: '$COMMAND & sleep 12; kill -INT $!; sleep 3; kill -TERM $!; wait $!',
    fg2: '$COMMAND & sleep 12; for i in 1 2 3 4; do kill -INT $!; sleep 2; done; docker kill fg2 >/dev/null; wait $!',
  },
};

/** A recorded command with what was done around it. */
export function inContext(source: string, label: string, command: string): string {
  return (commandsInContext[source]?.[label] ?? '$COMMAND').replace('$COMMAND', () => command);
}

/** The commands that are compared as they are run one after the other, with what the recorder did between. */
export function linesOf({ source, commands }: Recording): readonly (string | Beside)[] {
  return commands
    .filter(({ label }) => leftOut(source, label) === undefined)
    .flatMap(({ command, then = [], beside }) => [beside === true ? { beside: command } : command, ...then]);
}

/** Why a recorded command is not compared; undefined when it is. */
export function leftOut(source: string, label: string): string | undefined {
  return commandsLeftOut[source]?.[label];
}

/** Commands that were typed on a terminal, or looked at what was: run-it.test.ts has them. */
const commandsOnTerminal: Readonly<Record<string, readonly string[]>> = {
  'vm-03-run-it': ['it', 'ps', 'inspect-it', 'inspect', 'logs', 'sig-int', 'exec-it'],
  'vm-21-attach-detach': ['detach', 'ps-detached', 'reattach', 'ps-exited', 'detachkeys', 'logs-tty'],
};

/** Whether a command is compared with the others on a terminal. */
export function isOnTerminal(source: string, label: string): boolean {
  return commandsOnTerminal[source]?.includes(label) === true;
}

/** Whether the facts are compared as a whole, since how many fell into a command is chance. */
export function comesInRounds(source: string): boolean {
  return source === 'vm-23-healthcheck';
}

/** Whether the recorder did not wait for the command's end. */
export function isBeside(source: string, label: string): boolean {
  return commandsBeside[source]?.includes(label) === true;
}

/** Of these the recorder kept the beginning. */
const commandsCutOff: Readonly<Record<string, readonly string[]>> = {
  'vm-19-lifecycle-commands': ['inspect'],
  'native-19-lifecycle-commands': ['inspect', 'info', 'version', 'cp-out'],
};

/** As much of a text as the recorder kept: to the last line that the recording has whole. */
export function asFarAsKept(source: string, label: string, recorded: string, text: string): string {
  if (commandsCutOff[source]?.includes(label) !== true) return text;
  const kept = recorded.split('\n').slice(0, -1);
  const lines = text.split('\n');
  return lines.slice(0, lines.lastIndexOf(kept.at(-1) ?? '') + 1).join('\n');
}

/** Commands that list what runs on the recording host, the recorder among it: which programs there are is compared. */
const commandsOverTheHost: Readonly<Record<string, readonly string[]>> = {
  'native-17-namespace-sharing': ['pidhost-ps'],
};

/** A command's words as they are compared. */
export function comparedWords(source: string, label: string, words: string): string {
  if (commandsOverTheHost[source]?.includes(label) === true) {
    const programs = words.matchAll(/^ *\S+ +(?:\d+ +)?\[?(?:\S*\/)?([\w-]+)/gm);
    return [...new Set(Array.from(programs, ([, program = '']) => program))].toSorted().join('\n');
  }
  if (commandsWithNumbers[source]?.includes(label) !== true) return words;
  const lines = words
    .replace(/\$(?:PID|[a-z]+\d*)|\d+/g, 'N')
    .replace(/(\{[^{}]*\})(?:,\1)+/g, '$1')
    .replace(/ +/g, ' ')
    .split('\n');
  return lines.filter((line, place) => line !== lines[place - 1]).join('\n');
}
