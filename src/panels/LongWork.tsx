import { useEffect, useState } from 'react';
import { useShowing } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';

/** From so long a computation on, milliseconds, it is told to whoever does not see the time's “computing”. */
const longMs = 5000;

/** That the machine has been computing for long: once, however much comes of it meanwhile. */
export function LongWork() {
  const isComputing = useShowing(({ isGrowing, isFlowing }) => isGrowing && !isFlowing);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isComputing) return;
    const timer = setTimeout(() => setLong(true), longMs);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [isComputing]);
  return (
    <p className="sr-only" role="status">
      {isLong ? words('caption.working-long') : null}
    </p>
  );
}
