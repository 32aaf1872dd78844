import {
  AArrowUp,
  Ellipsis,
  FileDown,
  FileUp,
  Flag,
  Grid2x2,
  Info,
  Keyboard,
  Monitor,
  Moon,
  RotateCcw,
  Share2,
  Sun,
  Undo2,
} from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useRef } from 'react';
import type { DetailLevel } from '../journal/event.ts';
import { usePlayhead, useShowing } from '../stage/use-showing.ts';
import { words, type UiKey } from '../text/ui.en.ts';
import { useControls, useDesk, type Theme, type View } from './desk.ts';
import { Segments } from './Segments.tsx';
import { focusTerminal } from './terminal/enter.ts';
import { useMainPart } from './use-main-part.ts';

const icon = { size: 16, 'aria-hidden': true } as const;
const levels: readonly DetailLevel[] = ['story', 'engine', 'kernel'];
const views: readonly View[] = ['stage', 'text'];

export function Header() {
  const { desk, share } = useControls();
  // The address after # is the session's, so the link moves the focus only.
  const skip = (event: React.MouseEvent): void => {
    event.preventDefault();
    focusTerminal({ desk });
  };
  return (
    <header>
      <a className="skip-link" href="#terminal" onClick={skip}>
        {words('page.skip')}
      </a>
      <h1 className="text-[16px] font-bold tracking-tight">{words('page.title')}</h1>
      <span className="slogan text-soft">{words('page.slogan')}</span>
      <span className="flex-1" />
      <Levels />
      <Views />
      <button type="button" className="text-button share-button" aria-label={words('share.button')} onClick={share}>
        <Share2 size={14} aria-hidden className="mr-1.5 inline align-[-2px]" />
        <span>{words('share.button')}</span>
      </button>
      <Menu />
    </header>
  );
}

function Levels() {
  const playhead = usePlayhead();
  const current = useShowing((showing) => showing.level);
  const choices = levels.map((level, index) => ({
    value: level,
    text: words(`level.${level}`),
    title: `${words(`level.${level}.about`)} (${index + 1})`,
  }));
  return <Segments label={words('level.label')} choices={choices} chosen={current} choose={playhead.setLevel} />;
}

function Views() {
  const { desk } = useControls();
  const current = useDesk(({ view }) => view);
  return (
    <Segments
      label={words('view.label')}
      className="views"
      choices={views.map((view) => ({ value: view, text: words(`view.${view}`) }))}
      chosen={current}
      choose={(view) => desk.setState({ view })}
    />
  );
}

function Menu() {
  const main = useMainPart();
  const controls = useControls();
  const { desk } = controls;
  const file = useRef<HTMLInputElement>(null);
  const hasBefore = useDesk((state) => state.hasBefore);
  return (
    <>
      <DropdownMenu.Root modal={false} onOpenChange={main.find}>
        <DropdownMenu.Trigger className="icon-button" aria-label={words('menu.label')} title={words('menu.label')}>
          <Ellipsis {...icon} />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal container={main.container}>
          <DropdownMenu.Content className="floating menu" align="end" sideOffset={6}>
            <Entry icon={<RotateCcw {...icon} />} name="menu.start-over" act={controls.startOver} />
            {hasBefore ? <Entry icon={<Undo2 {...icon} />} name="menu.undo" act={controls.undoStartOver} /> : null}
            <Entry icon={<Share2 {...icon} />} name="share.button" act={controls.share} className="menu-share" />
            <Entry icon={<FileDown {...icon} />} name="share.save" act={controls.save} />
            <Entry icon={<FileUp {...icon} />} name="share.open" act={() => file.current?.click()} />
            <Entry icon={<Flag {...icon} />} name="menu.wrong" act={controls.reportWrongFact} />
            <DropdownMenu.Separator className="m-1 h-px bg-line" />
            <Entry icon={<Grid2x2 {...icon} />} name="menu.square" act={() => desk.setState({ dialog: 'square' })} />
            <DropdownMenu.Separator className="m-1 h-px bg-line" />
            <Themes />
            <TextSizes />
            <DropdownMenu.Separator className="m-1 h-px bg-line" />
            <Entry
              icon={<Keyboard {...icon} />}
              name="menu.keys"
              act={() => desk.setState({ dialog: 'keys' })}
              keys="?"
            />
            <Entry icon={<Info {...icon} />} name="menu.about" act={() => desk.setState({ dialog: 'about' })} />
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label={words('share.open')}
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          if (chosen !== undefined) controls.open(chosen);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

interface EntryProps {
  readonly icon: React.ReactNode;
  readonly name: UiKey;
  readonly act: () => void;
  readonly keys?: string;
  readonly className?: string;
}

function Entry({ icon, name, act, keys, className }: EntryProps) {
  return (
    <DropdownMenu.Item className={className} onSelect={act}>
      {icon}
      {words(name)}
      {keys === undefined ? null : <span className="key-cap ml-auto">{keys}</span>}
    </DropdownMenu.Item>
  );
}

const themes: readonly (readonly [Theme, React.ReactNode])[] = [
  ['system', <Monitor key="system" {...icon} />],
  ['light', <Sun key="light" {...icon} />],
  ['dark', <Moon key="dark" {...icon} />],
];

function Themes() {
  const { setTheme } = useControls();
  const current = useDesk(({ theme }) => theme);
  return (
    <DropdownMenu.RadioGroup value={current} aria-label={words('menu.theme')}>
      {themes.map(([theme, sign]) => (
        <DropdownMenu.RadioItem key={theme} value={theme} onSelect={() => setTheme(theme)}>
          {sign}
          {words(`theme.${theme}`)}
          <DropdownMenu.ItemIndicator className="ml-auto">✓</DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

/** On a phone there is no room for it: see caption.css. */
function TextSizes() {
  const { setTextSize } = useControls();
  const isLarge = useDesk(({ textSize }) => textSize === 'large');
  return (
    <DropdownMenu.CheckboxItem
      className="text-size"
      checked={isLarge}
      onCheckedChange={(isChosen) => setTextSize(isChosen ? 'large' : 'usual')}
    >
      <AArrowUp {...icon} />
      {words('menu.text-large')}
      <DropdownMenu.ItemIndicator className="ml-auto">✓</DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  );
}
