import { words } from '../text/ui.en.ts';
import { useControls } from './desk.ts';

const signals = ['TERM', 'KILL'] as const;
const settings = [false, true] as const;

/** Two ways for dockerd to end, with live-restore off and on: each cell is a session to watch. */
export function Square() {
  const { desk, watchCell } = useControls();
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
                    aria-label={words('square.watch.about', {
                      signal: words(`square.${signal}`),
                      setting: words(liveRestore ? 'square.on' : 'square.off'),
                    })}
                    onClick={() => {
                      desk.setState({ dialog: null });
                      watchCell({ signal, liveRestore });
                    }}
                  >
                    {words('square.watch')}
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
