import { expect, test } from 'vitest';
import { apply } from '../../journal/apply.ts';
import { createJournal } from '../../journal/journal.ts';
import { containersOf } from '../../journal/look-up.ts';
import { samplePids } from '../../journal/sample-runc.fixture.ts';
import { sampleJournal } from '../../journal/sample.fixture.ts';
import { meantBy, suggestionsFor } from './suggestions.ts';

const prompt = 'root@glassdock:~# ';

test('a mistyped program is known by what the shell says of it', () => {
  expect(meantBy(`${prompt}dokcer ps\r\nsh: 1: dokcer: not found\r\n${prompt}`, 'dokcer ps')).toBe('docker ps');
});

test('a mistyped command of docker is known by what docker says of it', () => {
  const complaint = "docker: 'sp' is not a docker command.\r\nSee 'docker --help'\r\n";
  expect(meantBy(`${prompt}docker sp\r\n${complaint}${prompt}`, 'docker sp')).toBe('docker ps');
  expect(meantBy(`${prompt}docker sp\r\n${complaint}${prompt}true\r\n${prompt}`, 'true')).toBeNull();
});

test('a complaint that one has gone back to is about another line than the last, and nothing is offered', () => {
  expect(meantBy(`${prompt}dokcer ps\r\nsh: 1: dokcer: not found\r\n${prompt}`, 'docker run -d nginx')).toBeNull();
});

test('a frozen container can be thawed', () => {
  const events = sampleJournal();
  const world = createJournal(events).worldAt(events.length);
  const container = containersOf(world)[0];
  if (container === undefined) throw new Error('the sample has a container');
  const { place: seq, timeNs } = world;
  const frozen = apply(world, { ...container, seq, timeNs, type: 'container', status: 'paused', removed: false });
  expect(suggestionsFor(frozen, [])).toContain(`docker unpause ${container.name.replace(/^\//, '')}`);
});

test('while there is no daemon to ask, what starts it comes first', () => {
  const events = sampleJournal();
  const world = createJournal(events).worldAt(events.length);
  expect(suggestionsFor(world, [])).not.toContain('systemctl start docker');
  const { place: seq, timeNs } = world;
  const without = apply(world, { seq, timeNs, type: 'task.exit', pid: samplePids.dockerd, status: { code: 0 } });
  expect(suggestionsFor(without, [])[0]).toBe('systemctl start docker');
});
