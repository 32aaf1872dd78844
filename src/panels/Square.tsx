import { words } from '../text/ui.en.ts';
import { useControls, useDesk } from './desk.ts';

const signals = ['TERM', 'KILL'] as const;
const settings = [false, true] as const;

/** Two ways for dockerd to end, with live-restore off and on: each cell is a session to watch. */
export function Square({ onWatch }: { readonly onWatch: () => void }) {
  const { desk, watchCell } = useControls();
  const watched = useDesk((state) => state.watched);
  const wasWatched = (signal: string, liveRestore: boolean): boolean =>
    watched.some((cell) => cell.signal === signal && cell.liveRestore === liveRestore);
  return (
    <>
      <p className="text-soft">{words('square.about')}</p>
      <table className="square">
        <thead>
          <tr>
            <th scope="col" className="text-left">
              {words('square.corner')}
            </th>
            {settings.map((liveRestore) => (
              <th key={String(liveRestore)} scope="col">
                {words(liveRestore ? 'square.on' : 'square.off')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {signals.map((signal) => (
            <tr key={signal}>
              <th scope="row">{words(`square.${signal}`)}</th>
              {settings.map((liveRestore) => (
                <td key={String(liveRestore)}>
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={words(wasWatched(signal, liveRestore) ? 'square.watched.about' : 'square.watch.about', {
                      signal: words(`square.${signal}`),
                      setting: words(liveRestore ? 'square.on' : 'square.off'),
                    })}
                    onClick={() => {
                      onWatch();
                      desk.setState({ dialog: null });
                      watchCell({ signal, liveRestore });
                    }}
                  >
                    {words(wasWatched(signal, liveRestore) ? 'square.watched' : 'square.watch')}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
