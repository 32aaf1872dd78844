/** `systemctl list-units`. */
import type { Properties } from './properties.ts';

/** The table, with its legend; without `all` only what is active or has failed. */
export function listUnitsText(
  units: readonly Properties[],
  wanted: { readonly all: boolean; readonly type: string },
): string {
  const shown = units.filter(
    ({ Id, ActiveState }) =>
      (wanted.all || ActiveState !== 'inactive') && (wanted.type === '' || Id?.endsWith(`.${wanted.type}`) === true),
  );
  const columns = ['Id', 'LoadState', 'ActiveState', 'SubState', 'Description'] as const;
  const rows = [
    ['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'],
    ...shown.map((unit) => columns.map((column) => unit[column] ?? '')),
  ];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row, index) => {
    const mark = index > 0 && row[2] === 'failed' ? '●' : ' ';
    return `${mark} ${row.map((cell, column) => (column === 4 ? cell : cell.padEnd(widths[column] ?? 0))).join(' ')}`;
  });
  const hint = wanted.all ? '' : ' Pass --all to see loaded but inactive units, too.';
  return `${lines.join('\n')}

Legend: LOAD   → Reflects whether the unit definition was properly loaded.
        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.
        SUB    → The low-level unit activation state, values depend on unit type.

${shown.length} loaded units listed.${hint}
To show all installed unit files use 'systemctl list-unit-files'.
`;
}
