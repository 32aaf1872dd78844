import { expect, test } from 'vitest';
import { completeDocker } from './completion.ts';

const names = {
  containers: [
    { name: 'web', isRunning: true },
    { name: 'old', isRunning: false },
  ],
  images: ['nginx', 'redis:7'],
};
const complete = (...words: string[]) => completeDocker(words, names);

test('the first word is a command; what is modelled comes alone, unless only something else fits', () => {
  expect(complete('sto')).toEqual(['stop']);
  expect(complete('')).toContain('run');
  expect(complete('')).not.toContain('build');
  expect(complete('bui')).toContain('build');
});

test('a group is followed by its commands', () => {
  expect(complete('container', 'in')).toEqual(['inspect']);
});

test('flags are those of the command', () => {
  expect(complete('run', '--na')).toEqual(['--name']);
  expect(complete('-')).toContain('-H');
  expect(complete('exec', 'web', '-')).toEqual([]);
});

test('names are of containers that the command can act on', () => {
  expect(complete('stop', '')).toEqual(['web']);
  expect(complete('start', '')).toEqual(['old']);
  expect(complete('rm', '')).toEqual(['old', 'web']);
  expect(complete('-D', 'container', 'logs', '-f', 'w')).toEqual(['web']);
});

test('an image follows the flags of run, and nothing of ours follows the image', () => {
  expect(complete('run', '-d', '--name', 'x', 'ng')).toEqual(['nginx']);
  expect(complete('run', '-d', '--name', '')).toEqual([]);
  expect(complete('run', '-e', 'A=b', '--rm', '')).toEqual(['nginx', 'redis:7']);
  expect(complete('run', 'nginx', '')).toEqual([]);
});

test('inspect takes both', () => {
  expect(complete('inspect', '')).toEqual(['nginx', 'old', 'redis:7', 'web']);
});
