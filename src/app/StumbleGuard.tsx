import { Component, type ReactNode } from 'react';
import { words } from '../text/ui.en.ts';

interface Props {
  readonly children: ReactNode;
}
interface State {
  readonly message: string | null;
}

/** What is shown when drawing has failed: never a blank page. The session is in the address, so nothing is lost. */
export class StumbleGuard extends Component<Props, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <main className="stumble" role="alert">
        <h1>{words('failure.page')}</h1>
        <p>{words('failure.page.about')}</p>
        <p className="font-mono text-[13px] text-soft">{message}</p>
        <button type="button" className="icon-button px-4" data-main onClick={() => location.reload()}>
          {words('failure.reload')}
        </button>
      </main>
    );
  }
}
