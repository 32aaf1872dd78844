import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost([]);

test('docker events says itself what is wrong with its template', () => {
  expect(host.run("docker events --until 0s --format '{{'")).toEqual({
    exitCode: 64,
    stdout: '',
    stderr: 'Error parsing format: template: :1: unclosed action\n',
  });
});
