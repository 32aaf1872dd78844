import { CornerDownLeft, Play, Plus, X } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { usePlayhead, useShowing } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';
import { draftOf, useControls, useDesk } from './desk.ts';
import { withText } from './terminal/line-editor.ts';
import { meantBy, suggestionsFor } from './terminal/suggestions.ts';
import { isAtPrompt, isDeserted, outputAt } from './terminal/terminal-text.ts';
import { TerminalScreen } from './terminal/TerminalScreen.tsx';
import { createTyping, type Typing } from './terminal/typing.ts';
import type { Screen } from './terminal/xterm-screen.ts';

interface TerminalsProps {
  /** A phone: keys that its keyboard lacks are buttons. */
  readonly isPhone: boolean;
}

/** The host's shells as tabs. */
export function Terminals({ isPhone }: TerminalsProps) {
  const controls = useControls();
  const playhead = usePlayhead();
  const screens = useRef(new Map<number, Screen>());
  const typing = useMemo(
    () => createTyping(controls, playhead, (terminal) => screens.current.get(terminal)?.clear()),
    [controls, playhead],
  );
  const terminals = useDesk((desk) => desk.terminals);
  const active = useDesk((desk) => desk.terminal);
  const focus = (): void => screens.current.get(active)?.focus();
  return (
    <section className="terminals" aria-label={words('terminal.label')} id="terminal">
      <div className="terminal-bar">
        <Tabs terminals={terminals} active={active} />
        <Hints typing={typing} terminal={active} onRun={focus} />
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
          <TerminalScreen terminal={terminal} typing={typing} screens={screens.current} isSmall={isPhone} />
        </div>
      ))}
      {isPhone ? <PhoneKeys typing={typing} terminal={active} /> : null}
    </section>
  );
}

interface TabsProps {
  readonly terminals: readonly number[];
  readonly active: number;
}

function Tabs({ terminals, active }: TabsProps) {
  const { desk, openTerminal, closeTerminal } = useControls();
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
            className="terminal-tab"
            onClick={() => desk.setState({ terminal })}
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
        onClick={openTerminal}
      >
        <Plus size={15} aria-hidden />
      </button>
    </>
  );
}

interface HintsProps {
  readonly typing: Typing;
  readonly terminal: number;
  readonly onRun?: () => void;
}

/** What could be done next, right of the tabs: the offer, what was meant, completions, or suggestions. */
function Hints({ typing, terminal, onRun }: HintsProps) {
  const { desk, replaceTerminal } = useControls();
  const query = useDesk((state) => draftOf(state, terminal).search);
  const offer = useDesk((state) => state.offer);
  const history = useDesk((state) => state.history);
  const candidates = useDesk((state) => state.candidates);
  const output = useShowing(({ journal, place }) => outputAt(journal, terminal, place));
  const journal = useShowing((showing) => showing.journal);
  const place = useShowing((showing) => showing.place);
  const run = (command: string): void => {
    typing.run(terminal, command);
    onRun?.();
  };
  if (offer !== null && terminal === 1) {
    return (
      <div className="terminal-hints">
        <span className="offer-invite">{words('terminal.invite')}</span>
        <button type="button" className="terminal-run" disabled={!isAtPrompt(output)} onClick={() => run(offer)}>
          <Play size={13} fill="currentColor" aria-hidden /> {words('terminal.run')}
        </button>
      </div>
    );
  }
  if (candidates.length > 0) {
    return (
      <div className="terminal-hints" role="status" aria-label={words('terminal.candidates', { count: candidates.length })}>
        {candidates.slice(0, 30).map((candidate) => (
          <button
            key={candidate}
            type="button"
            className="terminal-chip"
            onClick={() => {
              const { drafts } = desk.getState();
              const text = (drafts[terminal]?.text ?? '').replace(/\S*$/, `${candidate} `);
              desk.setState({ drafts: { ...drafts, [terminal]: withText(text) }, candidates: [] });
              onRun?.();
            }}
          >
            {candidate}
          </button>
        ))}
      </div>
    );
  }
  if (!isAtPrompt(output)) {
    if (!isDeserted(journal.worldAt(place), terminal)) return <div className="terminal-hints" />;
    return (
      <div className="terminal-hints" role="status">
        <span className="offer-invite">{words('terminal.ended')}</span>
        <button type="button" className="terminal-chip" onClick={() => replaceTerminal(terminal)}>
          {words('terminal.open')}
        </button>
      </div>
    );
  }
  if (query !== null) {
    return (
      <div className="terminal-hints" role="status">
        <span className="offer-invite">{words('terminal.search', { query })}</span>
      </div>
    );
  }
  const meant = meantBy(output, history.at(-1) ?? '');
  return (
    <div className="terminal-hints">
      {meant === null ? null : (
        <button type="button" className="terminal-chip" data-meant onClick={() => run(meant)}>
          {words('terminal.meant', { command: meant })}
        </button>
      )}
      <span className="offer-invite">{words('terminal.next')}</span>
      {suggestionsFor(journal.worldAt(place), history).map((command) => (
        <button key={command} type="button" className="terminal-chip" onClick={() => run(command)}>
          {command}
        </button>
      ))}
    </div>
  );
}

const phoneKeys = [
  ['Ctrl-C', '\x03'],
  ['Tab', '\t'],
  ['↑', '\x1b[A'],
] as const;

function PhoneKeys({ typing, terminal }: HintsProps) {
  return (
    <div className="phone-keys" role="group" aria-label={words('terminal.keys')}>
      {phoneKeys.map(([name, keys]) => (
        <button key={name} type="button" onClick={() => typing.keys(terminal, keys)}>
          {name}
        </button>
      ))}
      <button type="button" aria-label={words('terminal.run')} onClick={() => typing.keys(terminal, '\r')}>
        <CornerDownLeft size={16} aria-hidden />
      </button>
    </div>
  );
}
