import model from '../../MODEL.md?raw';
import { words } from '../text/ui.en.ts';
import { modelTable } from './model-tables.ts';

const parts = [
  ['about.engine', modelTable(model, 'The engine')],
  ['about.programs', modelTable(model, 'Programs')],
] as const;

/** What is modelled and what is not, as MODEL.md has it: wherever the page stands, it brings that along. */
export function Model() {
  return (
    <>
      {parts.map(([title, table]) => (
        <section key={title} aria-label={words(title)}>
          <h3>{words(title)}</h3>
          <dl>
            {table.map(({ name, extent, about }) => (
              <div key={name}>
                <dt>
                  {name} <span className="font-normal text-soft">{extent}</span>
                </dt>
                <dd>
                  {about.map(({ text, isCode }, index) =>
                    isCode ? <code key={`${index} ${text}`}>{text}</code> : text,
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}
