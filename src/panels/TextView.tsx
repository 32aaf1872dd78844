import { useMemo } from 'react';
import { textTwin } from '../scene/text-twin.ts';
import { usePlayhead, useShowing } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';

/** The same moment as a document: for a screen reader, for reading, for copying. */
export function TextView() {
  const playhead = usePlayhead();
  const place = useShowing((showing) => showing.place);
  const beat = useShowing((showing) => showing.beat);
  const journal = useShowing((showing) => showing.journal);
  const timeline = useShowing((showing) => showing.timeline);
  const twin = useMemo(
    () => textTwin(journal, timeline, playhead.store.getState().atMs),
    // oxlint-disable-next-line react/exhaustive-deps -- the place and the beat stand for the playhead's time
    [journal, timeline, place, beat, playhead],
  );
  return (
    <article className="text-view" aria-label={words('view.text')}>
      <p className="text-[17px] font-semibold">{twin.caption}</p>
      <div className="text-columns">
        {twin.sections.map(({ heading, items }) => (
          <section key={heading}>
            <h2>{heading}</h2>
            <ul>
              {items.map(({ text, pid, depth }, index) => (
                // oxlint-disable-next-line react/no-array-index-key -- lines may repeat, and are never reordered
                <li key={`${index} ${text}`} style={{ paddingInlineStart: `${depth * 16}px` }}>
                  {pid === null ? (
                    text
                  ) : (
                    <button type="button" className="inspector-link" onClick={() => playhead.set({ selected: pid })}>
                      {text}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </article>
  );
}
