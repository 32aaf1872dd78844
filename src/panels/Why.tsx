import { Popover } from 'radix-ui';
import type { Beat } from '../scene/beats.ts';
import { folklore, type FolkloreId } from '../text/folklore.en.ts';
import { reasonFor } from '../text/reasons.en.ts';
import { words } from '../text/ui.en.ts';

/** Why a moment is as it is, and what says so; nothing where no reason is written down. */
export function Why({ beat }: { readonly beat: Beat }) {
  const reason = reasonFor(beat.caption.key);
  if (reason === undefined) return null;
  return (
    <div className="caption-links">
      <Popover.Root>
        <Popover.Trigger className="text-button">
          {beat.note === undefined ? null : <span className="myth">{words('caption.myth')} </span>}
          {words('caption.why')}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            aria-label={words('caption.why.label')}
            className="floating reason"
            side="top"
            align="end"
            sideOffset={8}
            collisionPadding={8}
          >
            <p>{reason.why}</p>
            <p className="mt-2 text-[13px] text-soft">{words('caption.source', { source: reason.source })}</p>
            {beat.note === undefined ? null : (
              <p className="mt-2">
                {words('caption.folklore')} <q>{folklore[beat.note].said}</q> {folklore[beat.note].seen}
              </p>
            )}
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      {reason.isRecorded ? (
        <span className="recorded" title={words('caption.recorded.about')}>
          {words('caption.recorded')} ✓
        </span>
      ) : null}
    </div>
  );
}

/** What is said, and what was seen instead. */
export function Folklore({ id }: { readonly id: FolkloreId }) {
  const { said, seen } = folklore[id];
  return (
    <p className="folklore">
      <span className="text-soft">{words('caption.folklore')}</span> <q>{said}</q>{' '}
      <span className="text-soft">{words('caption.seen')}</span> {seen}
    </p>
  );
}
