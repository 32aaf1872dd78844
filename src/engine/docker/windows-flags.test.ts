import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost(['nginx']);

test('a flag that only a daemon on Windows has is refused before anything else', () => {
  const words = (name: string): string =>
    `"--${name}" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux\n`;
  expect(host.run('docker run --io-maxiops 1 --cpu-percent 5')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: words('cpu-percent') + words('io-maxiops'),
  });
});

test('Linux knows one isolation only', () => {
  const words = `Error response from daemon: Invalid isolation: "process" - linux only supports 'default'\n`;
  expect(host.run('docker create --isolation process nope').stderr).toBe(words);
  host.run('docker create --name alone --isolation default nginx');
  expect(host.run("docker inspect -f '{{.HostConfig.Isolation}}' alone").stdout).toBe('default\n');
});
