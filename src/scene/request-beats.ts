import type { MessageFact, Stamp } from '../journal/event.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { bodyField, shortLabel, signalText } from './names.ts';

type Send = Extract<MessageFact, { type: 'message.send' }> & Stamp;

/** A rule: what the label looks like, and how it is told. */
type Rule = readonly [label: RegExp, key: StoryKey, weight: number];

const http: readonly Rule[] = [
  [/^POST .*\/containers\/create/, 'client.creates', 2600],
  [/^POST .*\/containers\/[^/]+\/start$/, 'client.starts', 2200],
  [/^POST .*\/containers\/[^/]+\/stop/, 'client.stops', 2200],
  [/^POST .*\/containers\/[^/]+\/kill/, 'client.kills', 2200],
  [/^POST .*\/containers\/[^/]+\/attach/, 'client.attaches', 2000],
  [/^POST .*\/containers\/[^/]+\/exec$/, 'client.executes', 2200],
  [/^POST .*\/exec\/[^/]+\/start$/, 'client.runs-exec', 1800],
  [/^DELETE .*\/containers\//, 'client.removes', 2200],
  [/^POST .*\/images\/create/, 'client.pulls', 2200],
  [/^POST .*\/containers\/[^/]+\/pause$/, 'client.freezes', 2000],
  [/^POST .*\/containers\/[^/]+\/unpause$/, 'client.thaws', 2000],
  [/^POST .*\/containers\/[^/]+\/restart/, 'client.restarts', 2200],
  [/^POST .*\/containers\/[^/]+\/rename/, 'client.renames', 2000],
  [/^POST .*\/containers\/[^/]+\/update$/, 'client.updates', 2000],
  [/^POST .*\/commit\?/, 'client.commits', 2200],
  [/^GET .*\/containers\/[^/]+\/logs/, 'client.reads-log', 1800],
  [/^GET .*\/containers\/[^/]+\/top/, 'client.lists-processes', 1800],
  [/^GET .*\/containers\/[^/]+\/stats/, 'client.measures', 1800],
  [/^GET .*\/containers\/[^/]+\/changes/, 'client.compares', 1800],
  [/^GET .*\/containers\/[^/]+\/export$/, 'client.exports', 1800],
  [/^GET .*\/containers\/[^/]+\/archive/, 'client.copies-out', 2000],
  [/^PUT .*\/containers\/[^/]+\/archive/, 'client.copies-in', 2000],
  [/^GET .*\/images\/json/, 'client.lists-images', 1600],
  [/^DELETE .*\/images\//, 'client.removes-image', 2000],
  [/^GET .*\/containers\/json/, 'client.lists', 1600],
  [/^GET .*\/events/, 'client.follows', 2000],
];

const rpc: readonly Rule[] = [
  [/Tasks\/Create$/, 'dockerd.asks-task', 2400],
  [/Tasks\/Start$/, 'dockerd.asks-start', 1800],
  [/Tasks\/Kill$/, 'dockerd.asks-kill', 1800],
  [/Tasks\/Exec$/, 'dockerd.asks-exec', 1800],
  [/Tasks\/Delete$/, 'dockerd.asks-delete', 1600],
  [/Task\/Create$/, 'containerd.asks-create', 2200],
  [/Task\/Connect$/, 'containerd.finds-shim', 2800],
  [/Events\/Forward \/tasks\/exit$/, 'shim.tells-exit', 1800],
  [/Events\/Forward \/tasks\/oom$/, 'shim.tells-oom', 2200],
];

const https: readonly Rule[] = [[/\/manifests\//, 'registry.asked', 2000]];

/** What goes along with other requests, or is told by the finer levels. */
const aside = /^HEAD |\/_ping|\/(?:wait|resize|json)(?:\?|$)/;

const rulesOf: Readonly<Record<string, readonly Rule[]>> = { HTTP: http, HTTPS: https };

/** Requests that the story tells; the others belong to the finer levels. */
export function requestStory(event: Send, cursor: Cursor): Telling | undefined {
  const rules = rulesOf[event.protocol] ?? rpc;
  const rule = rules.find(([label]) => label.test(event.label));
  // That an exec is started, or has ended, is told by its process.
  if (rule?.[1] === 'dockerd.asks-start' && bodyField(event.body, 'exec_id') !== '') return undefined;
  if (rules === http && rule === undefined && !aside.test(event.label))
    return telling(event, cursor, 'client.asks', 1600);
  if (event.label.startsWith('HEAD ') && event.to === 1 && cursor.aftermath.awaited.has('docker.service'))
    return telling(event, cursor, 'client.waits-for-dockerd', 2800);
  const isStopped = [...cursor.aftermath.standing].some((pid) => cursor.role(pid)?.part === 'dockerd');
  if (event.label.startsWith('HEAD ') && isStopped) return telling(event, cursor, 'client.waits-for-stopped', 2800);
  // Others may ask as well: curl at docker.sock, ctr at containerd.
  if (rules === http && cursor.role(event.pid)?.part !== 'docker') return telling(event, cursor, 'client.asks', 1800);
  if (cursor.role(event.pid)?.part === 'ctr') return telling(event, cursor, 'client.asks-containerd', 2000);
  // A shim is asked so whenever it is made, too.
  if (rule?.[1] === 'containerd.finds-shim' && cursor.aftermath.containerdState !== 'finding its shims')
    return undefined;
  // Most commands look at a container before they do something, and wait for it after: here that is all they do.
  const isInspect =
    /^GET .*\/containers\/[^/]+\/json$/.test(event.label) && cursor.argvOf(event.pid).includes('inspect');
  if (isInspect) return telling(event, cursor, 'client.inspects', 1600);
  const isWait = /^POST .*\/containers\/[^/]+\/wait$/.test(event.label) && cursor.argvOf(event.pid).includes('wait');
  if (isWait) return telling(event, cursor, 'client.waits', 2000);
  if (rule?.[1] === 'shim.tells-exit' && bodyField(event.body, 'id') !== bodyField(event.body, 'container_id'))
    return telling(event, cursor, 'shim.tells-exec-exit', 1400);
  return rule === undefined ? undefined : telling(event, cursor, lasting(rule[1], event, cursor), rule[2]);
}

/** Of what goes on until somebody ends it is told how, since it may be the last that is told of its line. */
function lasting(key: StoryKey, { label, pid }: Send, cursor: Cursor): StoryKey {
  const argv = cursor.argvOf(pid);
  const command = commandIn(argv);
  const isStats = command === 'stats';
  switch (key) {
    case 'client.follows':
      return isStats || /[?&]until=/.test(label) ? key : 'client.follows-on';
    case 'client.lists':
      return isStats && !argv.includes('--no-stream') ? 'client.lists-on' : key;
    case 'client.measures':
      return /[?&]stream=1/.test(label) ? 'client.measures-on' : key;
    case 'client.reads-log':
      return /[?&]follow=1/.test(label) ? 'client.follows-log' : key;
    case 'client.attaches':
      return command === 'attach' && !/[?&]detachKeys=/.test(label) ? attached(label, argv, cursor) : key;
    default:
      return key;
  }
}

/** `attach` of `docker attach web` and `docker container attach web`, and not of `docker run --name attach web`. */
function commandIn([, ...words]: readonly string[]): string {
  return words.find((word) => !word.startsWith('-') && word !== 'container') ?? '';
}

/** Where Ctrl-C goes: docker reads keys as they come only where the container has a terminal and takes input. */
function attached(label: string, argv: readonly string[], cursor: Cursor): StoryKey {
  const reference = /containers\/([^/?]+)/.exec(label)?.[1] ?? '';
  if (!cursor.hasTerminal(reference))
    return argv.includes('--sig-proxy=false') ? 'client.attaches-apart' : 'client.attaches-proxied';
  return /[?&]stdin=1/.test(label) ? 'client.attaches-terminal' : 'client.attaches-apart';
}

function telling(event: Send, cursor: Cursor, key: StoryKey, weight: number): Telling {
  const label = shortLabel(event.label, cursor.container);
  const isUnnamed = key === 'client.creates' && !event.label.includes('name=');
  const container = isUnnamed ? cursor.createdBy(event.seq) : containerIn(event, cursor);
  const unnamed = container === '' ? 'client.creates-nothing' : 'client.creates-unnamed';
  const isMissed = key === 'client.pulls' && !cursor.aftermath.creators.has(event.pid);
  const isHttp = event.protocol === 'HTTP' || event.protocol === 'HTTPS';
  return {
    kind: 'request',
    // A path names its container; a method of an RPC does not.
    anchor: isHttp ? label : `${label} ${container}`,
    key: isUnnamed ? unnamed : isMissed ? 'client.pulls-asked' : key,
    params: {
      label,
      container,
      image: imageOf(event.label) || bodyField(event.body, 'Image') || cursor.imageCreatedBy(event.seq),
      name: queryOf(event.label, 'name'),
      who: cursor.title(event.pid),
      signal: isHttp ? signalAsked(event.label) : signalText(bodyField(event.body, 'signal')),
    },
    focus: [event.pid, cursor.receiver(event)].filter((pid) => pid !== 0),
    weight,
  };
}

/** `docker kill` alone means SIGKILL; a signal is named by its number, with SIG or without. */
function signalAsked(label: string): string {
  const asked = queryOf(label, 'signal') || 'KILL';
  return /^\d+$/.test(asked) ? signalText(asked) : `SIG${asked.replace(/^SIG/, '')}`;
}

/** `alpine:3.20`, of a pull or of a removal; the tag that everybody means is left out. */
function imageOf(label: string): string {
  const removed = /^DELETE .*\/images\/([^?]+)/.exec(label)?.[1];
  if (removed !== undefined) return decodeURIComponent(removed);
  const tag = queryOf(label, 'tag');
  const mark = tag.includes(':') ? '@' : ':';
  return `${queryOf(label, 'fromImage')}${tag === '' || tag === 'latest' ? '' : `${mark}${tag}`}`;
}

/**
 * A field of a request's query: `name=web` of `/containers/create?name=web`; '' when it is not there. A program may ask
 * for anything: what cannot be decoded stays as it stands.
 */
function queryOf(label: string, field: string): string {
  const text = (new RegExp(`[?&]${field}=([^&]*)`).exec(label)?.[1] ?? '').replaceAll('+', ' ');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function containerIn({ label, pid, to, body, span }: Send, cursor: Cursor): string {
  const isOfPath = !/containers\/create\b/.test(label) && !/\/commit\?/.test(label);
  const asked = isOfPath
    ? /containers\/([^/?]+)/.exec(label)?.[1]
    : queryOf(label, /commit/.test(label) ? 'container' : 'name');
  const named = asked || bodyField(body, 'container_id');
  if (named !== '') return cursor.container(named);
  const shim = cursor.containerOf(to) || cursor.containerOf(pid);
  if (shim !== '') return shim;
  const started = cursor.startedIn(span);
  return started === undefined ? 'the container' : cursor.container(started);
}
