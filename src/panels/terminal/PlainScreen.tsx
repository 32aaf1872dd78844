import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useShowing } from '../../stage/use-showing.ts';
import { words } from '../../text/ui.en.ts';
import { draftOf, useControls, useDesk } from '../desk.ts';
import { focusTrack } from '../Track.tsx';
import { roomIn } from './room.ts';
import { isAtPrompt, outputAt, plainText } from './terminal-text.ts';
import type { Typing } from './typing.ts';

interface PlainScreenProps {
  readonly terminal: number;
  readonly typing: Typing;
  /** Of the emulator that is to come, pixels. */
  readonly fontSize: number;
}

/** The terminal without an emulator: its text, and a line to type in. */
export function PlainScreen({ terminal, typing, fontSize }: PlainScreenProps) {
  const { measured } = useControls();
  const output = useShowing(({ journal, place }) => outputAt(journal, terminal, place));
  const text = useDesk((desk) => draftOf(desk, terminal).text);
  const isOffer = useDesk(({ offer }) => offer !== null && terminal === 1);
  const screen = useRef<HTMLDivElement>(null);
  // Whatever has been drawn, its end is what is read. Only this box scrolls: scrollIntoView would move the page, too.
  useEffect(() => {
    screen.current?.scrollTo({ top: screen.current.scrollHeight });
  });
  useEffect(() => {
    const size = screen.current === null ? undefined : roomIn(screen.current, fontSize);
    if (size !== undefined) measured(terminal, size);
  }, [terminal, fontSize, measured]);
  const prompted = isAtPrompt(output);
  const shown = plainText(output);
  const lastBreak = shown.lastIndexOf('\n') + 1;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Escape') return focusTrack();
    const keys = keysFor(event);
    if (keys === undefined) return;
    event.preventDefault();
    typing.keys(terminal, keys);
  };
  return (
    <div className="plain-screen" ref={screen}>
      <pre>{shown.slice(0, lastBreak)}</pre>
      <div className="flex">
        <span className="whitespace-pre text-term-soft">{shown.slice(lastBreak)}</span>
        <input
          aria-label={words('terminal.prompt')}
          className="min-w-0 flex-1 bg-transparent outline-none"
          data-offer={isOffer || undefined}
          value={prompted ? text : ''}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            event.preventDefault();
            typing.keys(terminal, event.clipboardData.getData('text'));
          }}
          onChange={(event) => {
            // Soft keyboards report no keys: what has come to the line's end was typed.
            const typed = event.currentTarget.value;
            const before = prompted && !isOffer ? text : '';
            if (typed.length < before.length) typing.keys(terminal, '\x7f');
            else typing.keys(terminal, typed.startsWith(before) ? typed.slice(before.length) : typed);
          }}
        />
      </div>
    </div>
  );
}

/** What a terminal would send for a key; undefined for keys that are the browser's. */
function keysFor(event: KeyboardEvent): string | undefined {
  if (event.metaKey || event.altKey) return undefined;
  if (event.ctrlKey) {
    if (!/^[a-z]$/i.test(event.key) || event.key.toLowerCase() === 'v') return undefined;
    return String.fromCharCode(event.key.toUpperCase().charCodeAt(0) - 64);
  }
  const named: Readonly<Record<string, string>> = {
    Enter: '\r',
    Backspace: '\x7f',
    Delete: '\x1b[3~',
    ArrowUp: '\x1b[A',
    ArrowDown: '\x1b[B',
    ArrowRight: '\x1b[C',
    ArrowLeft: '\x1b[D',
    Home: '\x1b[H',
    End: '\x1b[F',
  };
  return named[event.key] ?? (event.key.length === 1 ? event.key : undefined);
}
