import type { NodeProps } from '@xyflow/react';
import { Ellipsis } from 'lucide-react';
import { strainsOf, type Condition, type Gauge } from '../scene/gauges.ts';
import { nameIn } from '../scene/lives.ts';
import { isApart, isMany } from '../scene/measures.ts';
import type { ContainerFrame } from '../scene/scene.ts';
import { words } from '../text/ui.en.ts';
import type { FrameElement, HeadingElement, NoteElement } from './elements.ts';
import { MiddleOut } from './MiddleOut.tsx';
import { useMenu } from './use-menu.ts';
import { hasMenuBeside } from './roving.ts';
import { usePlayhead, useShowing } from './use-showing.ts';

/** A container as what it is: a frame of namespaces and a cgroup around processes. */
export function FrameNode({ data: { id } }: NodeProps<FrameElement>) {
  const frame = useShowing(({ scene }) => scene.containers.find((container) => container.id === id));
  const { openBelow, handlers } = useMenu({ type: 'container', id });
  if (frame === undefined) return null;
  const conditions = [...frame.conditions, ...strainsOf(frame.gauges)];
  const is = (...kinds: readonly Condition['kind'][]) => conditions.some(({ kind }) => kinds.includes(kind));
  const name = spoken(frame, conditions);
  return (
    <div
      className="frame"
      role="group"
      aria-label={name}
      title={isMany(frame.density) ? name : undefined}
      style={{ opacity: frame.appearance }}
      data-density={frame.density}
      data-apart={(frame.density === 'marks' && isApart(frame.box)) || undefined}
      data-trouble={is('oom', 'unhealthy') || undefined}
      data-strained={is('refused', 'throttled', 'restarting') || undefined}
      data-empty={!frame.hasProcess || undefined}
      data-frozen={is('frozen') || undefined}
      {...handlers}
    >
      <div className="frame-head">
        <b>
          <MiddleOut name={frame.name} />
        </b>
        <Conditions conditions={conditions} />
        {besides(frame) === '' ? null : <span className="frame-cgroup">{besides(frame)}</span>}
        {hasMenuBeside(frame) ? null : <MenuButton id={id} name={frame.name} onOpen={openBelow} />}
      </div>
      {isMany(frame.density) || frame.gauges.length === 0 ? null : (
        <div className="frame-gauges">
          {frame.gauges.map((gauge) => (
            <GaugeBar key={gauge.kind} gauge={gauge} />
          ))}
        </div>
      )}
      {frame.density === 'roomy' ? (
        <div className="frame-foot">
          {frame.ownNamespaces.map((kind) => (
            <span key={kind} className="tag" title={words('stage.own-namespace', { kind })}>
              {kind === 'cgroup' ? 'cgrp' : kind}
            </span>
          ))}
          {frame.ownNamespaces.length === 0 ? null : <span>{words('stage.own-namespaces')}</span>}
        </div>
      ) : null}
    </div>
  );
}

interface MenuButtonProps {
  readonly id: string;
  readonly name: string;
  readonly onOpen: (button: HTMLElement) => void;
}

/** Asks what can happen to a container. */
function MenuButton({ id, name, onOpen }: MenuButtonProps) {
  const playhead = usePlayhead();
  const isRoving = useShowing(({ roving }) => roving === id);
  return (
    <button
      type="button"
      className="frame-menu nodrag"
      data-container={id}
      tabIndex={isRoving ? 0 : -1}
      onFocus={() => playhead.set({ roving: id })}
      aria-label={words('stage.menu', { name })}
      aria-haspopup="menu"
      onClick={({ currentTarget }) => onOpen(currentTarget)}
    >
      <Ellipsis size={15} aria-hidden />
    </button>
  );
}

/** Of a mark that somebody is in it stands beside it, as long as somebody rests there. */
export function MarkMenu({ pid }: { readonly pid: number }) {
  const id = useShowing(({ timeline }) => timeline.lives.byPid.get(pid)?.role.container ?? '');
  const name = useShowing(({ journal, place, timeline }) => nameIn(journal.worldAt(place), timeline.lives, id));
  const { openBelow } = useMenu({ type: 'container', id });
  return <MenuButton id={id} name={name} onOpen={openBelow} />;
}

/** What it is, how it fares, and how full its limits are: in the order in which it is drawn. */
function spoken({ name, status, gauges }: ContainerFrame, conditions: readonly Condition[]): string {
  const what = [status, ...conditions.map(({ text }) => text), ...gauges.map(({ text }) => text)];
  const told = what.filter((part) => part !== '').join(', ');
  return told === '' ? words('stage.frame', { name }) : words('stage.frame-told', { name, what: told });
}

/** The state of what has no process, else its cgroup where nothing graver needs the room, nor its name. */
function besides({ name, hasProcess, status, conditions, cgroup, density }: ContainerFrame): string {
  if (!hasProcess) return status === 'restarting' ? '' : status;
  return conditions.length > 0 || isMany(density) || name.length > longName ? '' : cgroup;
}

const longName = 14;

const signs: Readonly<Record<Condition['kind'], string>> = {
  oom: '✖',
  frozen: '❄',
  restarting: '↻',
  starting: '♡',
  healthy: '♥',
  unhealthy: '⚠\u{fe0e}',
  refused: '⊘',
  throttled: '◔',
};

/** What is the matter with it: a sign and a word, since colour alone says nothing. */
function Conditions({ conditions }: { readonly conditions: readonly Condition[] }) {
  return conditions.map(({ kind, text }) => (
    <span key={kind} className="condition" data-condition={kind}>
      <i aria-hidden>{signs[kind]}</i> <span>{text}</span>
    </span>
  ));
}

const gaugeTitles = { memory: 'stage.gauge-memory', pids: 'stage.gauge-pids', cpu: 'stage.gauge-cpu' } as const;

/** How full a limit is: in words, and as a bar below them. */
function GaugeBar({ gauge: { kind, text, share, hasActed } }: { readonly gauge: Gauge }) {
  return (
    <span className="gauge" title={words(gaugeTitles[kind])} data-gauge={kind} data-acted={hasActed || undefined}>
      {text}
      <span className="gauge-track" aria-hidden>
        {share === null ? null : <span style={{ width: `${share * 100}%` }} />}
      </span>
    </span>
  );
}

/** In an empty column: what will stand there. */
export function NoteNode({ data: { text } }: NodeProps<NoteElement>) {
  return <div className="column-note">{text}</div>;
}

export function HeadingNode({ data: { text, isCount } }: NodeProps<HeadingElement>) {
  return (
    <div className="column-heading" data-count={isCount || undefined}>
      {text}
    </div>
  );
}
