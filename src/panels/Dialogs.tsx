import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { lazy, Suspense, useRef } from 'react';
import { words, type UiKey } from '../text/ui.en.ts';
import { useControls, useDesk } from './desk.ts';
import { Square } from './Square.tsx';
import { focusTrack } from './Track.tsx';

const keyTable: readonly (readonly [string, UiKey])[] = [
  ['Space', 'keys.play'],
  ['→ ←', 'keys.step'],
  ['⇧→ ⇧←', 'keys.into'],
  ['Home End', 'keys.ends'],
  ['1 2 3', 'keys.levels'],
  ['F E R P', 'keys.jumps'],
  ['− +', 'keys.speed'],
  ['Tab ← ↑ → ↓', 'keys.nodes'],
  ['⇧F10', 'keys.menu'],
  ['T', 'keys.terminal'],
  ['0', 'keys.fit'],
  ['Esc', 'keys.escape'],
  ['?', 'keys.help'],
];

export function Dialogs() {
  const { desk, save } = useControls();
  const dialog = useDesk((state) => state.dialog);
  const isWatching = useRef(false);
  if (dialog === null) return null;
  const title = { keys: 'keys.title', about: 'about.title', share: 'share.button', square: 'menu.square' } as const;
  return (
    <Dialog.Root open onOpenChange={() => desk.setState({ dialog: null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          className="floating dialog"
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            if (!isWatching.current) return;
            // Who asked for it may be gone with the session: what begins now is led by the timeline.
            isWatching.current = false;
            event.preventDefault();
            focusTrack();
          }}
        >
          <Dialog.Title className="mb-3 text-[1.2em] font-semibold">{words(title[dialog])}</Dialog.Title>
          {dialog === 'keys' ? <KeyTable /> : null}
          {dialog === 'square' ? (
            <Square
              onWatch={() => {
                isWatching.current = true;
              }}
            />
          ) : null}
          {dialog === 'about' ? <About /> : null}
          {dialog === 'share' ? (
            <>
              <p>{words('share.too-long')}</p>
              <button type="button" className="icon-button mt-3 px-3" data-main onClick={save}>
                {words('share.save')}
              </button>
            </>
          ) : null}
          <Dialog.Close className="icon-button absolute top-3 right-3" aria-label={words('close')}>
            <X size={16} aria-hidden />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Long, and asked for by few: it comes when it is. */
const Model = lazy(() =>
  import('./Model.tsx').then(
    (module) => ({ default: module.Model }),
    () => ({ default: () => <p>{words('about.not-here')}</p> }),
  ),
);

function About() {
  const model = useDesk((state) => state.model);
  const seed = useDesk((state) => state.seed);
  return (
    <>
      <p>{words('about.text')}</p>
      <p className="mt-3">{words('about.extents')}</p>
      <p className="mt-3 font-mono text-[0.93em] text-soft">{words('about.model', { model, seed })}</p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls it */}
      <div className="model" role="region" aria-label={words('about.list')} tabIndex={0}>
        <Suspense fallback={null}>
          <Model />
        </Suspense>
      </div>
    </>
  );
}

function KeyTable() {
  return (
    <>
      <p className="mb-3 text-soft">{words('keys.about')}</p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5">
        {keyTable.map(([keys, meaning]) => (
          <div key={meaning} className="contents">
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key} className="key-cap mr-1">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{words(meaning)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
