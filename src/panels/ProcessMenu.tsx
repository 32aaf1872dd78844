import { DropdownMenu } from 'radix-ui';
import { useLayoutEffect, useRef } from 'react';
import { faultMenu, type Fault, type FaultGroup } from '../scene/faults.ts';
import type { FaultTarget } from '../scene/faults.ts';
import { faults } from '../text/faults.en.ts';
import { usePlayhead, useShowing } from '../stage/use-showing.ts';
import { useControls } from './desk.ts';
import { focusTerminal } from './terminal/enter.ts';
import { runInFreeShell } from './terminal/run-command.ts';
import { focusTrack } from './Track.tsx';

/** What can happen to a process or a container of the stage: each entry shows the command that it types. */
export function ProcessMenu() {
  const playhead = usePlayhead();
  const controls = useControls();
  const typed = useRef<string | null>(null);
  const menu = useShowing((showing) => showing.menu);
  const found = useShowing(({ menu: asked, journal, place, timeline }) =>
    asked === null ? null : knownMenu(journal.worldAt(place), timeline.lives, asked.target),
  );
  /** The inspector's button, when it was that which asked. */
  const asker = useRef<HTMLElement | null>(null);
  // Before the menu takes the focus.
  useLayoutEffect(() => {
    if (menu !== null) asker.current = document.activeElement?.closest<HTMLElement>('.inspector-menu') ?? null;
  }, [menu]);
  if (menu === null || found === null) return null;
  const { x, y, target } = menu;
  const close = (): void => playhead.set({ menu: null });
  const run = (command: string): void => {
    typed.current = command;
    runInFreeShell(controls, playhead, command);
  };
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={close}>
      <DropdownMenu.Trigger asChild>
        <span className="menu-anchor" style={{ left: x, top: y }} aria-hidden />
      </DropdownMenu.Trigger>
      {/* See use-main-part.ts. */}
      <DropdownMenu.Portal container={document.querySelector('main')}>
        <DropdownMenu.Content
          className="floating menu process-menu"
          aria-label={found.title}
          align="start"
          sideOffset={2}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (typed.current === null) focusAgain(target, asker.current);
            else if (isInteractive(typed.current)) focusTerminal(controls);
            // What was asked for is a story, and whoever it happens to may be gone by its end.
            else focusTrack();
            typed.current = null;
          }}
        >
          <DropdownMenu.Label className="process-menu-title">{found.title}</DropdownMenu.Label>
          {found.groups.map((group) => (
            <Group key={group.heading} group={group} run={run} />
          ))}
          <p className="process-menu-foot">{faults['menu.typed']}</p>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface GroupProps {
  readonly group: FaultGroup;
  readonly run: (command: string) => void;
}

function Group({ group: { heading, faults: offered, isTerse }, run }: GroupProps) {
  return (
    <DropdownMenu.Group aria-label={heading}>
      <DropdownMenu.Separator className="m-1 h-px bg-line" />
      <p className="process-menu-heading">
        {heading}
        {isTerse ? <code>{offered[0]?.command.replace(offered[0].label, '…')}</code> : null}
      </p>
      <div className={isTerse ? 'process-menu-row' : 'contents'}>
        {offered.map((fault) => (
          <Entry key={fault.command} fault={fault} isTerse={isTerse} run={run} />
        ))}
      </div>
    </DropdownMenu.Group>
  );
}

interface EntryProps {
  readonly fault: Fault;
  readonly isTerse: boolean;
  readonly run: GroupProps['run'];
}

function Entry({ fault: { label, command }, isTerse, run }: EntryProps) {
  return (
    <DropdownMenu.Item
      className="process-menu-entry"
      data-terse={isTerse || undefined}
      textValue={label}
      title={isTerse ? command : undefined}
      onSelect={() => run(command)}
    >
      {isTerse ? (
        label
      ) : (
        <>
          <span>{label}</span>
          <code>{command}</code>
        </>
      )}
    </DropdownMenu.Item>
  );
}

/** Whether one goes on typing in what a command starts. */
function isInteractive(command: string): boolean {
  return / -it /.test(command);
}

/** The keyboard goes back to where the menu was asked for; to Tab's stop when that process has gone meanwhile. */
function focusAgain(target: FaultTarget, asker: HTMLElement | null): void {
  if (asker?.isConnected === true) return asker.focus();
  const key = target.type === 'container' ? `container="${target.id}"` : `pid="${target.pid}"`;
  const asked = document.querySelector<HTMLElement>(`[data-${key}]`);
  (asked ?? document.querySelector<HTMLElement>('.processes button[tabindex="0"]'))?.focus();
}

let latest: { readonly key: string; readonly menu: ReturnType<typeof faultMenu> } = { key: '', menu: null };

/** The same object while it offers the same, so that a playing story does not draw it anew at each frame. */
function knownMenu(...asked: Parameters<typeof faultMenu>): ReturnType<typeof faultMenu> {
  const menu = faultMenu(...asked);
  const key = JSON.stringify(menu);
  if (key !== latest.key) latest = { key, menu };
  return latest.menu;
}
