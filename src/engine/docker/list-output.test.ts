import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost(['busybox']);
host.run('docker create --name web --label x=1 busybox; docker volume create --label q.r=s data');

test('--format raw has a line for each field, with --quiet only that of the name', () => {
  expect(
    host.run("docker ps -a --size --format raw | sed 's/^\\(container_id\\|created_at\\): .*/\\1: …/'").stdout,
  ).toBe(
    `container_id: …
image: busybox
command: "sh"
created_at: …
state: created
status: Created
names: web
labels: x=1
ports:
size: 0B (virtual 4.27MB)

`,
  );
  expect(host.run('docker ps -aq --format raw | cut -c1-14').stdout).toBe('container_id: \n');
  expect(host.run('docker images --format raw | head -n 2').stdout).toBe('repository: busybox\ntag: latest\n');
  expect(host.run('docker volume ls --format raw').stdout).toBe('name: data\ndriver: local\n\n');
  expect(host.run('docker volume ls -q --format raw').stdout).toBe('name: data\n');
  expect(host.run('docker network ls --format raw | head -n 5 | tail -n 4').stdout).toBe(
    'name: bridge\ndriver: bridge\nscope: local\n\n',
  );
  expect(host.run('docker system df --format raw | head -n 3').stdout).toBe('type: Images\ntotal: 1\nactive: 1\n');
});

test('networks and volumes are asked for a label by its name, volumes for what swarms know of them', () => {
  expect(host.run(`docker volume ls --format 'table {{.Label "q.r"}}\\t{{.Status}}'`).stdout).toBe(
    'r         STATUS\ns         N/A\n',
  );
  expect(host.run(`docker network ls --format '{{.Label "x"}}|' | head -n 1`).stdout).toBe('|\n');
  expect(host.run('docker volume ls --format json').stdout).toBe(
    '{"Availability":"N/A","Driver":"local","Group":"N/A","Labels":"q.r=s","Links":"N/A",' +
      '"Mountpoint":"/var/lib/docker/volumes/data/_data","Name":"data","Scope":"local","Size":"N/A","Status":"N/A"}\n',
  );
});

// Asked of 26.1.5.
test('`table` heads a table only at the very beginning, and blanks after it are no template', () => {
  const lines = (format: string): string => host.run(`docker ps -a --format '${format}'`).stdout;
  expect(lines(' table {{.Names}}')).toBe('table web\n');
  expect(lines(' json')).toBe('json\n');
  expect(lines('table ')).toBe('\n\n');
  expect(lines('table {{split .Labels ","}}')).toBe('LABELS\n[x=1]\n');
  expect(lines('table {{json .}}')).toMatch(/^\n\{"Command"/);
  expect(host.run('docker ps -aq --format table').stderr).toBe(
    'WARNING: Ignoring custom format, because both --format and --quiet are set.\n',
  );
});
