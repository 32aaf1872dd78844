/** What the recorder read on the host while containers ran: files of cgroups, units, firewall rules, processes. */
import { expect, test } from 'vitest';
import { countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import recorded from './host-output.json' with { type: 'json' };
import { rerun } from './rerun.ts';

const tallies: Tallies = new Map();

/** Pids, and what was used, are the recorder's. */
function comparable(lines: readonly string[]): readonly string[] {
  const inodes = lines.flatMap((line) => line.match(namespaceInode) ?? []).toSorted();
  const places = [...new Set(inodes)];
  return lines.map((line) =>
    line
      .replace(namespaceInode, (inode) => String(places.indexOf(inode)))
      .replace(/(?<=^\S+ +\S+ +)(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?= <)/, '$MAC')
      .replace(/^veth[0-9a-f]{7}@if\d+ */, '$VETH ')
      .replace(/(?<=^eth0@if)\d+ */, '$N ')
      .replace(/(?<=^MainPID=)\w+/, '$N')
      .replace(/(?<=NSpid=)(?:\d+|\$\w+)(?:,(?!1\b)\d+)?/, '$N')
      .replace(/[0-9a-f]{64}|\$CID\d*/g, '$CID')
      .replace(/(?<=^(?:cgroup\.procs|memory\.current|memory\.peak): )\d+/, '$N')
      .replace(/(?<=\w_usec |nr_periods )\d+/g, '$N'),
  );
}

/** Of a namespace it counts when it was made, before and after which others. */
const namespaceInode = /(?<=:\[)4026\d{6}(?=\])/g;

for (const { source, given, command, stdout, amid } of recorded) {
  countFacts(tallies, source, stdout.length);
  test(`${source}: what the host shows`, () => {
    const { commands } = rerun(given, [command]);
    const lines = (commands[0]?.stdout ?? '').replace(/\n$/, '').split('\n');
    const [told, wanted] = [comparable(lines), comparable(stdout)];
    expect(amid === true ? amongThose(told, wanted) : told).toEqual(wanted);
  });
}

/** Where the recorder looked at what went by: of all that there was, what it saw, in the order in which it came. */
function amongThose(told: readonly string[], wanted: readonly string[]): readonly string[] {
  return told.filter((line, place) => wanted.includes(line) && line !== told[place - 1]);
}

test('MODEL.md counts the lines that the host shows', () => {
  const rows = rowsOf('files and tools of the host', tallies);
  expect(rowsInModel('files and tools of the host', rows)).toEqual(rows);
});
