/** `docker events`. docker: cli/command/system/events.go. */
import type { Running } from '../../kernel/abi.ts';
import { linesOf, print } from '../../programs/io.ts';
import { nextChunk } from '../wire/http-client.ts';
import { rfc3339Fixed } from '../timestamp-fixed.ts';
import * as sys from '../../kernel/sys.ts';
import type { DockerCommand } from './arguments.ts';
import { CommandFailed, openAnswer, ping, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { filtersOf } from './filters.ts';
import { stringFlag } from './pflag.ts';
import { parseTemplate } from './go-template.ts';
import { eventType } from './go-types.ts';
import { goValue } from './go-value.ts';
import { timeArgument } from './time-argument.ts';

/** moby: api/types/events.Message. */
export interface EventMessage {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly time: number;
}

export function* eventsCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const format = stringFlag(flags, 'format');
  const show = formatterOf(format);
  yield* ping(docker);
  const query = {
    filters: filtersOf(flags),
    since: yield* momentOf(stringFlag(flags, 'since')),
    until: yield* momentOf(stringFlag(flags, 'until')),
  };
  const response = yield* openAnswer(docker, { method: 'GET', target: target('/events', query) });
  for (;;) {
    const chunk = yield* reach(docker, () => nextChunk(response));
    if (chunk === null) return 0;
    for (const line of linesOf(chunk)) yield* print(`${show(line)}\n`);
  }
}

function formatterOf(format: string): (json: string) => string {
  if (format === '') return usualLine;
  if (format === 'json') return (json) => json;
  const template = parseTemplate(format);
  if ('error' in template) throw new CommandFailed(`Error parsing format: ${template.error}\n`, 64);
  const show = (event: unknown): string => {
    const { text, error } = template.execute(goValue(event, { pointer: eventType }));
    if (error !== undefined) throw new CommandFailed(`Error parsing format: ${error}\n`, 64);
    return text.replaceAll(/"timeNano":"(\d+)"/g, '"timeNano":$1');
  };
  // Tried on an event of which nothing is known, so that a bad template is told of at once. docker: makeTemplate().
  show({});
  return (json) => show(JSON.parse(withTextualNanoseconds(json)));
}

/** `2026-11-24T02:43:03.123456789Z container create ID (image=busybox, name=web)`. docker: prettyPrintEvent(). */
function usualLine(json: string): string {
  const { Type, Action, Actor, time } = JSON.parse(json) as EventMessage;
  const ns = Number(/"timeNano":\d*?(\d{9})\}/.exec(json)?.[1] ?? 0);
  const attributes = Object.entries(Actor.Attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const list = attributes.map(([name, value]) => `${name}=${value}`);
  return `${rfc3339Fixed(time, ns)} ${Type} ${Action} ${Actor.ID}${list.length === 0 ? '' : ` (${list.join(', ')})`}`;
}

/** `timeNano` has more digits than a number holds. */
function withTextualNanoseconds(json: string): string {
  return json.replace(/"timeNano":(\d+)/, '"timeNano":"$1"');
}

function* momentOf(text: string): Running<string | undefined> {
  if (text === '') return undefined;
  const moment = timeArgument(text, (yield* sys.realtime()).seconds);
  if (typeof moment !== 'string') throw new CommandFailed(`${moment.error}\n`, 1);
  return moment;
}
