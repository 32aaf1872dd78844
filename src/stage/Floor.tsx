import type { CgroupLine, Floor as FloorFacts } from '../scene/floor.ts';
import { shortIds } from '../scene/names.ts';
import { words } from '../text/ui.en.ts';
import { useShowing } from './use-showing.ts';

const cgroupsShown = 5;
const pipesShown = 4;

/** The kernel, below everything: the rule that acts at this moment, the cgroups, the pipes. */
export function Floor() {
  const floor = useShowing(({ scene }) => scene.floor);
  const isAtRest = useShowing(({ atMs, restMs }) => atMs === restMs);
  const isTurning = useShowing(({ beat }) => beat?.kind === 'reparent');
  return (
    <div className="floor" data-turning={isTurning || undefined}>
      <section aria-label={words('floor.kernel')}>
        <h2>{words('floor.kernel')}</h2>
        {isAtRest ? <p className="floor-about">{words('floor.at-rest')}</p> : <Rule floor={floor} />}
      </section>
      <section aria-label={words('floor.cgroups')}>
        <h2>{words('floor.cgroups')}</h2>
        <ul>
          {chosen(floor.cgroups).map((line) => (
            <li
              key={line.path}
              style={{ paddingInlineStart: `${line.depth * 14}px` }}
              data-container={line.isContainer || undefined}
            >
              {line.name} <span>{line.pids.slice(0, line.limits === '' ? 8 : 3).join(' ')}</span>
              {line.limits === '' ? null : <span className="floor-limits"> {line.limits}</span>}
              {line.isFrozen ? ` ❄ ${words('floor.frozen')}` : ''}
            </li>
          ))}
        </ul>
      </section>
      <section aria-label={words('floor.pipes')}>
        <h2>{words('floor.pipes')}</h2>
        <ul>
          {floor.pipes.slice(0, pipesShown).map(({ inode, text, level }) => (
            <li key={`${inode} ${text}`} data-full={level > 0 || undefined}>
              {text}
            </li>
          ))}
          {floor.pipes.length === 0 ? <li className="floor-question">{words('floor.no-pipes')}</li> : null}
        </ul>
      </section>
    </div>
  );
}

/** The question that the kernel has just answered, and its answer. */
function Rule({ floor: { question, answer } }: { readonly floor: FloorFacts }) {
  return (
    <>
      {question === '' ? null : <p className="floor-question">{question}</p>}
      <p className="floor-answer">{marked(shortIds(answer))}</p>
    </>
  );
}

/** The names of Linux's rules stand out. */
function marked(text: string) {
  return text.split(/(PR_SET_CHILD_SUBREAPER|CLONE_PARENT)/).map((part) =>
    /^[A-Z_]{6,}$/.test(part) ? (
      <b key={part} className="rule">
        {part}
      </b>
    ) : (
      part
    ),
  );
}

/** Containers and the engine's own come before everything else when not all fit. */
function chosen(lines: readonly CgroupLine[]): readonly CgroupLine[] {
  if (lines.length <= cgroupsShown) return lines;
  const wanted = lines.filter(
    ({ isContainer, name }) => isContainer || /^(docker|containerd)\.service$|\.slice$/.test(name),
  );
  const containers = wanted.filter(({ isContainer }) => isContainer).slice(-2);
  const engine = wanted.filter(({ name }) => name.endsWith('.service'));
  const roots = wanted.filter(({ name }) => name === 'system.slice');
  const keep = new Set([...roots, ...engine, ...containers].slice(0, cgroupsShown));
  return lines.filter((line) => keep.has(line));
}
