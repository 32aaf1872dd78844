import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { Caption } from '../panels/Caption.tsx';
import { useControls, useDesk, type Panel } from '../panels/desk.ts';
import { Header } from '../panels/Header.tsx';
import { Inspector } from '../panels/Inspector.tsx';
import { Notices } from '../panels/Notices.tsx';
import { rove } from '../panels/rove.ts';
import { Terminals } from '../panels/Terminals.tsx';
import { TextView } from '../panels/TextView.tsx';
import { Transport } from '../panels/Transport.tsx';
import { Stage } from '../stage/Stage.tsx';
import { useShowing } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';

/** With the gap beside it; see inspector.css. */
const inspectorWidth = { usual: 316, large: 398 } as const;
/** Nobody sees these at once: they come right behind the page. A page that cannot load them does without. */
const nothing = { default: () => null };
const dialogsCome = import('../panels/Dialogs.tsx').then(
  (module) => ({ default: module.Dialogs }),
  () => nothing,
);
const Dialogs = lazy(() => dialogsCome);
const menuComes = import('../panels/ProcessMenu.tsx').then(
  (module) => ({ default: module.ProcessMenu }),
  () => nothing,
);
const ProcessMenu = lazy(() => menuComes);
const isFramed = window.parent !== window;

/** Everything at once on a laptop; on a phone the terminal, the inspector and the text are tabs below. */
export function Page() {
  const isPhone = useMedia('(max-width: 620px)');
  const isSelected = useShowing(({ selected }) => selected !== null);
  const view = useDesk((desk) => desk.view);
  const isRoomy = useMedia('(min-width: 900px) and (min-height: 600px)');
  const textSize = useDesk((desk) => desk.textSize);
  const isTerminalLarge = useDesk((desk) => desk.isTerminalLarge);
  const covered = isSelected && !isPhone ? inspectorWidth[isRoomy ? textSize : 'usual'] : 0;
  return (
    <div className="page" data-large-terminal={isTerminalLarge || undefined}>
      <Header />
      <main className="scene-area">
        {view === 'stage' || isPhone ? <Stage covered={covered} hasWheel={!isFramed} /> : <TextView />}
        {covered > 0 ? <Inspector /> : null}
        <Notices />
      </main>
      <Caption />
      <Transport />
      {isPhone ? <PhonePanels /> : <Terminals isPhone={false} />}
      <Suspense fallback={null}>
        <Dialogs />
        <ProcessMenu />
      </Suspense>
    </div>
  );
}

const panels: readonly Panel[] = ['terminal', 'inspector', 'text'];

function PhonePanels() {
  const { desk } = useControls();
  const panel = useDesk((state) => state.panel);
  const selected = useShowing((showing) => showing.selected);
  // Who taps a process wants to look inside it.
  useEffect(() => {
    if (selected !== null) desk.setState({ panel: 'inspector' });
  }, [selected, desk]);
  return (
    <section className="phone-panels" aria-label={words('panel.label')}>
      <div role="tablist" aria-label={words('panel.label')} className="phone-tabs">
        {panels.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={name === panel}
            aria-controls="phone-panel"
            tabIndex={name === panel ? 0 : -1}
            onClick={() => desk.setState({ panel: name })}
            onKeyDown={rove}
          >
            {nameOf(name)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="phone-panel" className="phone-panel" aria-label={nameOf(panel)}>
        {panel === 'inspector' ? <Inspector /> : null}
        {panel === 'text' ? <TextView /> : null}
        <div className="contents" id="terminal" hidden={panel !== 'terminal'}>
          {panel === 'terminal' ? <Terminals isPhone /> : null}
        </div>
      </div>
    </section>
  );
}

function nameOf(panel: Panel): string {
  return words(panel === 'text' ? 'view.text' : `panel.${panel}`);
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}
