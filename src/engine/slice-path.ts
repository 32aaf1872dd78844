/**
 * Where a slice is in the tree of control groups: `a-b.slice` is `/a.slice/a-b.slice`, and `-.slice` the root, ''.
 * Undefined for what is no slice's name. systemd.slice(5); runc: ExpandSlice().
 */
export function slicePath(name: string): string | undefined {
  if (name === '-.slice') return '';
  const parts = /^([^/]+)\.slice$/.exec(name)?.[1]?.split('-') ?? [''];
  if (parts.includes('')) return undefined;
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('-')}.slice`).join('');
}
