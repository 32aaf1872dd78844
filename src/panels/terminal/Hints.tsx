import { Play } from 'lucide-react';
import { containersOf } from '../../journal/look-up.ts';
import { isAtEnd } from '../../stage/chapters.ts';
import { usePlayhead, useShowing } from '../../stage/use-showing.ts';
import { words } from '../../text/ui.en.ts';
import { draftOf, useControls, useDesk } from '../desk.ts';
import { withText } from './line-editor.ts';
import { meantBy, suggestionsFor, suggestionsInside } from './suggestions.ts';
import { hasOutlastedInterrupt, isAtPrompt, isDeserted, isInside, outputAt } from './terminal-text.ts';
import { sentLine, type Typing } from './typing.ts';

interface HintsProps {
  readonly typing: Typing;
  readonly terminal: number;
  /** Something was chosen: the keyboard goes back to the terminal. */
  readonly onRun: () => void;
}

/** What could be done next, right of the tabs: the offer, what was meant, completions, or suggestions. */
export function Hints({ typing, terminal, onRun }: HintsProps) {
  const query = useDesk((state) => draftOf(state, terminal).search);
  const offer = useDesk((state) => state.offer);
  const candidates = useDesk((state) => state.candidates);
  const playhead = usePlayhead();
  const controls = useControls();
  const output = useShowing(({ journal, place }) => outputAt(journal, terminal, place));
  const isSent = useShowing(() => sentLine(controls, playhead, terminal) !== null);
  const run = (command: string): void => {
    typing.run(terminal, command);
    onRun();
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
  if (candidates.length > 0) return <Candidates candidates={candidates} terminal={terminal} onChoose={onRun} />;
  if (!isAtPrompt(output) || isSent) return <Running {...{ terminal, output }} onRun={run} />;
  if (query !== null) {
    return (
      <div className="terminal-hints" role="status">
        <span className="offer-invite">{words('terminal.search', { query })}</span>
      </div>
    );
  }
  return <Suggestions output={output} onRun={run} />;
}

interface CandidatesProps {
  readonly candidates: readonly string[];
  readonly terminal: number;
  readonly onChoose: () => void;
}

function Candidates({ candidates, terminal, onChoose }: CandidatesProps) {
  const { desk } = useControls();
  const choose = (candidate: string): void => {
    const { drafts } = desk.getState();
    const text = (drafts[terminal]?.text ?? '').replace(/\S*$/, `${candidate} `);
    desk.setState({ drafts: { ...drafts, [terminal]: withText(text) }, candidates: [] });
    onChoose();
  };
  return (
    <div
      className="terminal-hints"
      role="status"
      aria-label={words('terminal.candidates', { count: candidates.length })}
    >
      {candidates.slice(0, candidatesShown).map((candidate) => (
        <button key={candidate} type="button" className="terminal-chip" onClick={() => choose(candidate)}>
          {candidate}
        </button>
      ))}
    </div>
  );
}

const candidatesShown = 30;

interface RunningProps extends SuggestionsProps {
  readonly terminal: number;
}

/**
 * Nothing to suggest while a program runs, unless it is a container's shell; but the way out of one deaf to Ctrl-C, or
 * of a deserted terminal.
 */
function Running({ terminal, output, onRun }: RunningProps) {
  const { replaceTerminal } = useControls();
  const isEnded = useShowing(({ journal, place }) => isDeserted(journal.worldAt(place), terminal));
  const isShell = useShowing(({ journal, place }) => isInside(journal.worldAt(place), terminal, output));
  // While what Ctrl-C brings about is being told, it may be enough yet.
  const isOver = useShowing(
    ({ timeline, atMs, isGrowing, isFlowing }) => isFlowing || (isAtEnd(timeline, atMs) && !isGrowing),
  );
  if (isShell) {
    return (
      <div className="terminal-hints">
        <span className="offer-invite">{words('terminal.inside')}</span>
        <Chips commands={suggestionsInside} onRun={onRun} />
      </div>
    );
  }
  if (!isEnded && !(isOver && hasOutlastedInterrupt(output))) return <div className="terminal-hints" />;
  if (!isEnded) {
    return (
      <div className="terminal-hints" role="status">
        <span className="offer-invite">{words('terminal.stuck')}</span>
      </div>
    );
  }
  return (
    <div className="terminal-hints" role="status">
      <span className="offer-invite">{words('terminal.ended')}</span>
      <button type="button" className="terminal-chip" onClick={() => replaceTerminal(terminal)}>
        {words('terminal.open')}
      </button>
    </div>
  );
}

interface SuggestionsProps {
  readonly output: string;
  readonly onRun: (command: string) => void;
}

function Suggestions({ output, onRun }: SuggestionsProps) {
  const { desk } = useControls();
  const history = useDesk((state) => state.history);
  const hasWatched = useDesk((state) => state.watched.length > 0);
  const journal = useShowing((showing) => showing.journal);
  const place = useShowing((showing) => showing.place);
  const meant = meantBy(output, history.at(-1) ?? '');
  const world = journal.worldAt(place);
  const isRunning = containersOf(world).some(({ status }) => status === 'running');
  return (
    <div className="terminal-hints">
      {meant === null ? null : (
        <button type="button" className="terminal-chip" data-meant onClick={() => onRun(meant)}>
          {words('terminal.meant', { command: meant })}
        </button>
      )}
      <span className="offer-invite">
        {isRunning && history.length < 2 ? <span className="break-invite">{words('terminal.break')} </span> : null}
        {words('terminal.next')}
      </span>
      <Chips commands={suggestionsFor(world, history)} onRun={onRun} />
      {isRunning || hasWatched ? (
        <button type="button" className="terminal-chip" data-prose onClick={() => desk.setState({ dialog: 'square' })}>
          {words('menu.square')}
        </button>
      ) : null}
    </div>
  );
}

interface ChipsProps {
  readonly commands: readonly string[];
  readonly onRun: (command: string) => void;
}

function Chips({ commands, onRun }: ChipsProps) {
  return commands.map((command) => (
    <button key={command} type="button" className="terminal-chip" onClick={() => onRun(command)}>
      {command}
    </button>
  ));
}
