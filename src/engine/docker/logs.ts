/** `docker logs`. docker: cli/command/container/logs.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../../programs/io.ts';
import { nextChunk } from '../wire/http-client.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, CommandFailed, inspectTarget, openAnswer, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import type { InspectedContainer } from './start.ts';
import { printFrames } from './stream.ts';
import { timeArgument } from './time-argument.ts';

export function* logsCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const name = args[0] ?? '';
  const inspected = yield* callJson<InspectedContainer>(docker, {
    method: 'GET',
    target: inspectTarget(name),
  });
  const { seconds } = yield* sys.realtime();
  const path = target(`/containers/${inspected.Id}/logs`, {
    details: boolFlag(flags, 'details') ? '1' : undefined,
    follow: boolFlag(flags, 'follow') ? '1' : undefined,
    since: momentOf(stringFlag(flags, 'since'), 'since', seconds),
    stderr: '1',
    stdout: '1',
    tail: stringFlag(flags, 'tail') || 'all',
    timestamps: boolFlag(flags, 'timestamps') ? '1' : undefined,
    until: momentOf(stringFlag(flags, 'until'), 'until', seconds),
  });
  const response = yield* openAnswer(docker, { method: 'GET', target: path });
  let rest = '';
  for (;;) {
    const chunk = yield* reach(docker, () => nextChunk(response));
    if (chunk === null) return 0;
    if (inspected.Config.Tty) yield* writeAll(1, chunk);
    else rest = yield* printFrames(rest + chunk);
  }
}

function momentOf(text: string, name: string, nowSeconds: number): string | undefined {
  if (text === '') return undefined;
  const moment = timeArgument(text, nowSeconds);
  if (typeof moment !== 'string') throw new CommandFailed(`invalid value for "${name}": ${moment.error}\n`, 1);
  return moment;
}
