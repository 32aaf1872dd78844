import { useState } from 'react';

/**
 * Where a menu is put when it opens: within the page's main part. A menu that is none of a landmark's would be lost to
 * who goes by landmarks.
 */
export function useMainPart() {
  const [container, setContainer] = useState<HTMLElement | null>(null);
  return { container, find: () => setContainer(document.querySelector('main')) } as const;
}
