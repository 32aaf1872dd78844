import { foremost, type CgroupLine, type Floor as FloorFacts } from '../scene/floor.ts';
import { shortIds } from '../scene/names.ts';
import { words } from '../text/ui.en.ts';
import { useShowing } from './use-showing.ts';

/** Beside its limits a cgroup has room for fewer of its processes. */
const pidsShown = { alone: 8, limited: 3 };

/** The kernel, below everything: the rule that acts at this moment, the cgroups, the pipes. */
export function Floor() {
  const floor = useShowing(({ scene }) => scene.floor);
  const isAtRest = useShowing(({ atMs, restMs }) => atMs === restMs);
  const isTurning = useShowing(({ beat }) => beat?.kind === 'reparent');
  const cgroups = foremost(floor.cgroups);
  return (
    <div className="floor" data-turning={isTurning || undefined}>
      <section aria-label={words('floor.kernel')}>
        <h2>{words('floor.kernel')}</h2>
        {isAtRest ? <p className="floor-about">{words('floor.at-rest')}</p> : <Rule floor={floor} />}
      </section>
      <section aria-label={words('floor.cgroups')}>
        <h2>
          {words('floor.cgroups')} <More count={floor.cgroups.length - cgroups.length} />
        </h2>
        <ul>
          {cgroups.map((line) => (
            <li
              key={line.path}
              style={{ paddingInlineStart: `${depthAmong(cgroups, line) * 14}px` }}
              data-container={line.age !== null || undefined}
            >
              {line.name}
              {line.isFrozen ? ` ❄ ${words('floor.frozen')}` : ''} <span>{pidsIn(line)}</span>
              {line.limits === '' ? null : <span className="floor-limits"> {line.limits}</span>}
            </li>
          ))}
        </ul>
      </section>
      <section aria-label={words('floor.pipes')}>
        <h2>
          {words('floor.pipes')} <More count={floor.otherPipes} />
        </h2>
        <ul>
          {floor.pipes.map(({ inode, text, level }) => (
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

/** How many the list leaves out. */
function More({ count }: { readonly count: number }) {
  return count === 0 ? null : <span className="floor-more">{words('floor.more', { count })}</span>;
}

function pidsIn({ pids, limits }: CgroupLine): string {
  const shown = pids.slice(0, limits === '' ? pidsShown.alone : pidsShown.limited);
  const others = pids.length - shown.length;
  return others === 0 ? shown.join(' ') : `${shown.join(' ')} ${words('floor.more-pids', { count: others })}`;
}

/** How many of those that are shown it is within: one whose parents are left out stands below nobody else's. */
function depthAmong(shown: readonly CgroupLine[], { path }: CgroupLine): number {
  return shown.filter((other) => path.startsWith(`${other.path}/`)).length;
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
