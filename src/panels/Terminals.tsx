import { ChevronDown, CornerDownLeft, Plus, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { usePlayhead } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';
import { useControls, useDesk } from './desk.ts';
import { rove } from './rove.ts';
import { enterTerminal } from './terminal/enter.ts';
import { Hints } from './terminal/Hints.tsx';
import { TerminalScreen } from './terminal/TerminalScreen.tsx';
import { createTyping, type Typing } from './terminal/typing.ts';
import type { Screen } from './terminal/xterm-screen.ts';

interface TerminalsProps {
  /** A phone: keys that its keyboard lacks are buttons, and what the skip link leads to is the panel around it. */
  readonly isPhone: boolean;
}

/** The host's shells as tabs. */
export function Terminals({ isPhone }: TerminalsProps) {
  const controls = useControls();
  const playhead = usePlayhead();
  const [screens] = useState(() => new Map<number, Screen>());
  const typing = useMemo(
    () => createTyping(controls, playhead, (terminal) => screens.get(terminal)?.clear()),
    [controls, playhead, screens],
  );
  const terminals = useDesk((desk) => desk.terminals);
  const active = useDesk((desk) => desk.terminal);
  const focus = (): void => screens.get(active)?.focus();
  return (
    <section className="terminals" aria-label={words('terminal.label')} id={isPhone ? undefined : 'terminal'}>
      <div className="terminal-bar">
        <Tabs terminals={terminals} active={active} />
        <span className="leave-hint" aria-hidden>
          <kbd className="key-cap">Esc</kbd> {words('terminal.leaves')}
        </span>
        <Hints typing={typing} terminal={active} onRun={focus} />
        <Larger />
      </div>
      {terminals.map((terminal) => (
        <div
          key={terminal}
          className="terminal-panel"
          role="tabpanel"
          id={`terminal-panel-${terminal}`}
          aria-label={words('terminal.name', { number: terminal })}
          hidden={terminal !== active}
        >
          <TerminalScreen {...{ terminal, typing, screens }} isSmall={isPhone} />
        </div>
      ))}
      {isPhone ? <PhoneKeys typing={typing} terminal={active} /> : null}
    </section>
  );
}

/** Room for programs that fill the window, as top does. */
function Larger() {
  const { desk } = useControls();
  const isLarge = useDesk(({ isTerminalLarge }) => isTerminalLarge);
  return (
    <button
      type="button"
      className="terminal-tab terminal-larger"
      aria-label={words('terminal.larger')}
      aria-pressed={isLarge}
      title={words('terminal.larger')}
      onClick={() => desk.setState({ isTerminalLarge: !isLarge })}
    >
      <ChevronDown size={15} aria-hidden />
    </button>
  );
}

interface TabsProps {
  readonly terminals: readonly number[];
  readonly active: number;
}

function Tabs({ terminals, active }: TabsProps) {
  const { desk, openTerminal, closeTerminal } = useControls();
  const enter = (bring: () => void): void => enterTerminal({ desk }, bring);
  return (
    <>
      <div role="tablist" aria-label={words('terminal.label')} className="flex gap-1">
        {terminals.map((terminal) => (
          <button
            key={terminal}
            type="button"
            role="tab"
            aria-selected={terminal === active}
            aria-controls={`terminal-panel-${terminal}`}
            tabIndex={terminal === active ? 0 : -1}
            className="terminal-tab"
            onClick={() => enter(() => desk.setState({ terminal }))}
            onKeyDown={rove}
          >
            {words('terminal.name', { number: terminal })}
          </button>
        ))}
      </div>
      {terminals.length > 1 ? (
        <button
          type="button"
          className="terminal-tab"
          aria-label={words('terminal.close', { number: active })}
          title={words('terminal.close', { number: active })}
          onClick={() => closeTerminal(active)}
        >
          <X size={14} aria-hidden />
        </button>
      ) : null}
      <button
        type="button"
        className="terminal-tab"
        aria-label={words('terminal.open')}
        title={words('terminal.open')}
        onClick={() => enter(openTerminal)}
      >
        <Plus size={15} aria-hidden />
      </button>
    </>
  );
}

const phoneKeys = [
  ['Ctrl-C', '\x03'],
  ['Tab', '\t'],
  ['↑', '\x1b[A'],
] as const;

interface PhoneKeysProps {
  readonly typing: Typing;
  readonly terminal: number;
}

function PhoneKeys({ typing, terminal }: PhoneKeysProps) {
  return (
    <div className="phone-keys" role="group" aria-label={words('terminal.keys')}>
      {phoneKeys.map(([name, keys]) => (
        <button key={name} type="button" onClick={() => typing.keys(terminal, keys)}>
          {name}
        </button>
      ))}
      <button type="button" aria-label={words('terminal.enter')} onClick={() => typing.keys(terminal, '\r')}>
        <CornerDownLeft size={16} aria-hidden />
      </button>
    </div>
  );
}
