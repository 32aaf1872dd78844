import { expect, test } from 'vitest';
import { completeLine } from './completion.ts';
import { createMachine } from './machine.ts';

test('Tab knows programs, images, containers and files as they are on the machine', () => {
  const machine = createMachine({ seed: 1, images: ['nginx', 'busybox'], sink: () => {} });
  machine.openTerminal(1, 24, 80);
  machine.settle(machine.nowNs() + 5e9);
  const complete = (line: string) => completeLine(machine.kernel, 1, line);

  expect(complete('dock')).toEqual(['docker', 'docker-init', 'docker-proxy', 'dockerd']);
  expect(complete('runc re')).toEqual(['resume']);
  expect(complete('docker run -d ng')).toEqual(['nginx']);
  expect(complete('cat /etc/host')).toContain('/etc/hostname');
  expect(complete('ls /pro')).toEqual(['/proc/']);
  expect(complete('docker stop ')).toEqual([]);

  machine.input(1, 'docker run -d --name web nginx\n');
  machine.settle(machine.nowNs() + 5e9);
  expect(complete('echo a | docker stop ')).toEqual(['web']);
  expect(complete('docker start w')).toEqual([]);
});
