/** What the recorder read on the host while containers ran: files of cgroups, units, firewall rules, processes. */
import { expect, test } from 'vitest';
import { countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import recorded from './host-output.json' with { type: 'json' };
import { rerun } from './rerun.ts';

const tallies: Tallies = new Map();

/** Pids, and what was used, are the recorder's. */
function comparable(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line
      .replace(/[0-9a-f]{64}|\$CID\d*/g, '$CID')
      .replace(/(?<=^(?:cgroup\.procs|memory\.current|memory\.peak): )\d+/, '$N')
      .replace(/(?<=\w_usec |nr_periods )\d+/g, '$N'),
  );
}

for (const { source, given, command, stdout } of recorded) {
  countFacts(tallies, source, stdout.length);
  test(`${source}: what the host shows`, () => {
    const { commands } = rerun(given, [command]);
    const lines = (commands[0]?.stdout ?? '').replace(/\n$/, '').split('\n');
    expect(comparable(lines)).toEqual(comparable(stdout));
  });
}

test('MODEL.md counts the lines that the host shows', () => {
  const rows = rowsOf('files and tools of the host', tallies);
  expect(rowsInModel('files and tools of the host', rows)).toEqual(rows);
});
