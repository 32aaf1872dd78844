import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { usePlayhead } from '../../stage/use-showing.ts';
import { words } from '../../text/ui.en.ts';
import { draftOf, useControls, useDesk } from '../desk.ts';
import { focusTrack } from '../Track.tsx';
import { PlainScreen } from './PlainScreen.tsx';
import { isAtPrompt, outputAt } from './terminal-text.ts';
import { lineOf, sentLine, type Typing } from './typing.ts';
import type { Screen } from './xterm-screen.ts';

interface TerminalScreenProps {
  readonly terminal: number;
  readonly typing: Typing;
  readonly screens: Map<number, Screen>;
  readonly isSmall: boolean;
}

/** One terminal. Its emulator comes later than the page; until then a plain prompt stands in, and can be typed in. */
export function TerminalScreen({ terminal, typing, screens, isSmall }: TerminalScreenProps) {
  const element = useRef<HTMLDivElement>(null);
  const playhead = usePlayhead();
  const controls = useControls();
  const isLarge = useDesk(({ textSize }) => textSize === 'large');
  const [isReady, setReady] = useState(false);
  const fontSize = isSmall ? 13 : isLarge ? 19 : 14;
  useEffect(() => {
    const { desk } = controls;
    let isGone = false;
    let screen: Screen | undefined;
    let stop: (() => void)[] = [];
    const start = async (): Promise<void> => {
      const { openScreen } = await import('./xterm-screen.ts');
      const host = element.current;
      if (isGone || host === null) return;
      const hadFocus = host.parentElement?.contains(document.activeElement) === true;
      // Shown at once: what is hidden has no size, and takes no focus.
      flushSync(() => setReady(true));
      const opened = openScreen(host, {
        label: `${words('terminal.prompt')}. ${words('terminal.leave')}`,
        onKeys: (data) => typing.keys(terminal, data),
        onLeave: () => {
          if (draftOf(desk.getState(), terminal).search !== null) return false;
          focusTrack();
          return true;
        },
        onSize: (size) => controls.measured(terminal, size),
        fontSize,
      });
      screen = opened;
      screens.set(terminal, opened);
      const draw = (): void => {
        const { journal, place } = playhead.store.getState();
        const output = outputAt(journal, terminal, place);
        const sent = sentLine(controls, playhead, terminal);
        const own = isAtPrompt(output) ? lineOf(desk.getState(), terminal) : null;
        opened.show(output, sent === null ? own : { text: sent, cursor: sent.length, isOffer: false });
      };
      stop = [playhead.store.subscribe(draw), desk.subscribe(draw)];
      draw();
      if (hadFocus) opened.focus();
    };
    // A page that cannot load the emulator keeps the plain prompt.
    start().catch(() => {});
    return () => {
      isGone = true;
      for (const end of stop) end();
      screens.delete(terminal);
      screen?.dispose();
    };
  }, [terminal, typing, playhead, controls, screens, fontSize]);
  return (
    <div className="terminal-screen" data-terminal={terminal}>
      {isReady ? null : <PlainScreen {...{ terminal, typing, fontSize }} />}
      <div className="terminal-host" ref={element} hidden={!isReady} />
    </div>
  );
}
