import { expect, test } from 'vitest';
import { meantBy } from './suggestions.ts';

const prompt = 'root@glassdock:~# ';

test('a mistyped program is known by what the shell says of it', () => {
  expect(meantBy(`${prompt}dokcer ps\r\nsh: 1: dokcer: not found\r\n${prompt}`, 'dokcer ps')).toBe('docker ps');
});

test('a mistyped command of docker is known by what docker says of it', () => {
  const complaint = "docker: 'sp' is not a docker command.\r\nSee 'docker --help'\r\n";
  expect(meantBy(`${prompt}docker sp\r\n${complaint}${prompt}`, 'docker sp')).toBe('docker ps');
  expect(meantBy(`${prompt}docker sp\r\n${complaint}${prompt}true\r\n${prompt}`, 'true')).toBeNull();
});
