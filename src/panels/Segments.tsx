import { rove } from './rove.ts';

interface SegmentsProps<Choice extends string> {
  readonly label: string;
  readonly className?: string;
  readonly choices: readonly { readonly value: Choice; readonly text: string; readonly title?: string }[];
  readonly chosen: Choice;
  readonly choose: (value: Choice) => void;
}

/** A few choices side by side, of which one holds. */
export function Segments<Choice extends string>({ label, className, choices, chosen, choose }: SegmentsProps<Choice>) {
  return (
    <div className={`segments ${className ?? ''}`} role="radiogroup" aria-label={label}>
      {choices.map(({ value, text, title }) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={value === chosen}
          tabIndex={value === chosen ? 0 : -1}
          title={title}
          onClick={() => choose(value)}
          onKeyDown={rove}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
