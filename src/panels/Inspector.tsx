import { Ellipsis, X } from 'lucide-react';
import { absence, inspect, type Inspection, type Relative } from '../scene/inspector.ts';
import { shortIds } from '../scene/names.ts';
import { usePlayhead, useShowing } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';

/** All that is known of one process at the playhead's moment. */
export function Inspector() {
  const playhead = usePlayhead();
  const pid = useShowing((showing) => showing.selected);
  const place = useShowing((showing) => showing.place);
  const journal = useShowing((showing) => showing.journal);
  const lives = useShowing((showing) => showing.timeline.lives);
  if (pid === null) return <p className="p-4 text-soft">{words('inspector.none')}</p>;
  const found = inspect(journal.worldAt(place), journal, lives, pid);
  return (
    <aside className="inspector" aria-label={words('inspector.label')} data-testid="inspector">
      <button
        type="button"
        className="inspector-close"
        aria-label={words('inspector.close')}
        onClick={() => playhead.set({ selected: null })}
      >
        <X size={16} aria-hidden />
      </button>
      {found === null || found.exit !== null ? null : (
        <button
          type="button"
          className="inspector-close inspector-menu"
          aria-label={words('inspector.menu')}
          title={words('inspector.menu')}
          aria-haspopup="menu"
          onClick={({ currentTarget }) => {
            const { left, bottom } = currentTarget.getBoundingClientRect();
            playhead.set({ menu: { target: { type: 'process', pid }, x: left, y: bottom } });
          }}
        >
          <Ellipsis size={16} aria-hidden />
        </button>
      )}
      {found === null ? <p className="text-soft">{absence(journal, lives, place, pid)}</p> : <Facts found={found} />}
    </aside>
  );
}

function Facts({ found }: { readonly found: Inspection }) {
  const inside = found.nsPids.length > 1 ? found.nsPids.at(-1) : undefined;
  return (
    <>
      <h2>
        {found.title} <span className="font-mono font-normal text-soft">{found.pid}</span>
      </h2>
      {found.about === null ? null : <p className="inspector-about">{found.about}</p>}
      <dl>
        <Fact name={words('inspector.parent')} testId="parent">
          <Parents found={found} />
        </Fact>
        <Fact name={words('inspector.state')}>{stateText(found)}</Fact>
        {inside === undefined ? null : <Fact name={words('inspector.inside')}>{inside}</Fact>}
        <Fact name={words('inspector.children')}>
          {found.children.length === 0
            ? words('inspector.no-children')
            : found.children.map((child) => <Someone key={child.pid} relative={child} />)}
        </Fact>
        {found.machines.map(({ machine, object, objectName, state }) => (
          <Fact key={`${machine} ${object}`} name={words('inspector.machines')}>
            {machine}
            {objectName === '' ? '' : ` ${objectName}`}: <b className="font-semibold">{state}</b>
          </Fact>
        ))}
        {found.liveRestore === null ? null : <Fact name="live-restore">{found.liveRestore}</Fact>}
        <Fact name={words('inspector.cgroup')} isCode>
          {shortIds(found.cgroup)}
          <CgroupValues values={found.cgroupValues} />
        </Fact>
        <Fact name={words('inspector.command')} isCode>
          {shortIds(found.argv.join(' '))}
        </Fact>
        <dt>{words('inspector.namespaces')}</dt>
        <dd>
          <ul className="inspector-namespaces">
            {found.namespaces.map(({ kind, inode, isShared, words: whose }) => (
              <li key={kind} data-own={!isShared || undefined}>
                <span>{kind}</span>
                <span>{inode}</span>
                <span>{whose}</span>
              </li>
            ))}
          </ul>
        </dd>
        {found.exit === null ? <Signals found={found} /> : null}
        <Files files={found.files} />
        <dt>{words('inspector.did-last')}</dt>
        <dd>
          <ol className="inspector-list font-mono">
            {found.lastCalls.map(({ seq, text }) => (
              <li key={seq}>{shortIds(text)}</li>
            ))}
          </ol>
        </dd>
      </dl>
    </>
  );
}

/** What its cgroup's files say: its limits, and how full they are. */
function CgroupValues({ values }: { readonly values: Inspection['cgroupValues'] }) {
  return values.map(({ file, value }) => (
    <span key={file} className="block text-soft">
      {file} <b className="font-semibold text-ink">{value}</b>
    </span>
  ));
}

/** What becomes of a signal that comes, and of the process when memory runs out. */
function Signals({ found: { signals, oomScoreAdj } }: { readonly found: Inspection }) {
  return (
    <>
      <dt>{words('inspector.signals')}</dt>
      {signals.length === 0 ? (
        <dd>{words('inspector.default-signals')}</dd>
      ) : (
        <dd data-testid="signals">
          <ul className="inspector-signals">
            {signals.map(({ line, words: what, names }) => (
              <li key={line}>
                <span>{line}</span>
                <span>{what}</span>
                <span>{names}</span>
              </li>
            ))}
          </ul>
        </dd>
      )}
      <Fact name="oom_score_adj" testId="oom-score">
        <b className="font-mono font-semibold">{oomScoreAdj.value}</b> {oomScoreAdj.words}
      </Fact>
    </>
  );
}

/** Its open files; the other end of a pipe leads to whoever holds it. */
function Files({ files }: { readonly files: Inspection['files'] }) {
  return (
    <>
      <dt>{words('inspector.files')}</dt>
      <dd>
        <ol className="inspector-list">
          {files.map(({ fd, lead, others }) => (
            <li key={fd}>
              <span className="text-soft">{fd}</span> {shortIds(lead)}{' '}
              {others.map((other) => (
                <Someone key={other.pid} relative={other} />
              ))}
            </li>
          ))}
        </ol>
      </dd>
    </>
  );
}

function Parents({ found: { parent, formerParent } }: { readonly found: Inspection }) {
  if (formerParent === null) return <Someone relative={parent} />;
  return (
    <>
      <s className="text-soft">
        {formerParent.title} {formerParent.pid}
      </s>
      {' → '}
      <b className="text-shim">
        <Someone relative={parent} />
      </b>
    </>
  );
}

function Someone({ relative: { pid, title } }: { readonly relative: Relative }) {
  const playhead = usePlayhead();
  if (pid === 0) return <>{words('floor.kernel')}</>;
  return (
    <button type="button" className="inspector-link" onClick={() => playhead.set({ selected: pid })}>
      {title} {pid}
    </button>
  );
}

function stateText({ state, exit, asleepIn, isSubreaper, threads }: Inspection): string {
  const parts = [exit ?? (asleepIn === null ? state : words('inspector.asleep', { call: shortIds(asleepIn) }))];
  if (isSubreaper) parts.push(words('inspector.subreaper'));
  if (threads > 1) parts.push(words('inspector.threads', { count: threads }));
  return parts.join('; ');
}

interface FactProps {
  readonly name: string;
  readonly isCode?: boolean;
  readonly testId?: string;
  readonly children: React.ReactNode;
}

function Fact({ name, isCode, testId, children }: FactProps) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={isCode === true ? 'inspector-code font-mono' : ''} data-testid={testId}>
        {children}
      </dd>
    </>
  );
}
