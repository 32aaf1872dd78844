import { expect, test } from 'vitest';
import { normalise, normaliseFact, symbolsOfContainers } from './normalise.ts';

const id = '3f5a1c'.padEnd(64, '0');

test('a known id becomes its symbol, whole or short', () => {
  expect(normalise(`${id}\n${id.slice(0, 12)}\n`, { [id]: '$CID' })).toBe('$CID\n$CID[:12]\n');
});

test('an unknown id is an id without a name, on both sides', () => {
  expect(normalise(`/exec/${id}/start`)).toBe(normalise('/exec/$HEX1/start'));
});

test('a table reads the same when its ids and ages have another width', () => {
  const recorded =
    'CONTAINER ID   IMAGE     COMMAND        CREATED          STATUS         PORTS     NAMES\n' +
    '$CID[:12]   busybox   "sleep 1000"   26 seconds ago   Up 7 seconds             web\n';
  const simulated =
    'CONTAINER ID   IMAGE     COMMAND        CREATED        STATUS                  PORTS     NAMES\n' +
    `${id.slice(0, 12)}   busybox   "sleep 1000"   1 second ago   Up Less than a second             web\n`;

  expect(normalise(simulated, { [id]: '$CID' })).toBe(normalise(recorded));
});

test('a text without anything to replace keeps its spaces', () => {
  expect(normalise('UID                 PID')).toBe('UID                 PID');
});

test('times, folders and pids become symbols', () => {
  expect(normalise('2026-11-24T03:01:05.603510989Z out')).toBe('$TIME out');
  expect(normalise('/var/run/docker/runtime-runc/moby')).toBe('$EXEC/runtime-runc/moby');
  expect(normalise('/var/run/docker.sock')).toBe('/var/run/docker.sock');
  expect(normalise('/proc/471/exe')).toBe('/proc/$PID/exe');
  expect(normalise('/tmp/runc-process3907443814')).toBe('/tmp/runc-process$N');
});

test('a fact is normalised in every text that it holds', () => {
  expect(normaliseFact({ op: 'exec', argv: ['runc', 'start', id] }, { [id]: '$CID' })).toEqual({
    op: 'exec',
    argv: ['runc', 'start', '$CID'],
  });
});

test('the symbols of a run are found by the containers’ names', () => {
  expect(symbolsOfContainers({ $CID1: 'web', $CID2: 'other' }, { web: id })).toEqual({ [id]: '$CID1' });
});
