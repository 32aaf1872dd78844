/** dockerd, the shim and systemd on a full disk: each says which file had no room, and none of them ends. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const fill = `fallocate -l $(df -k / | awk 'NR == 2 { print $4 }')KiB /fill`;

test('on a full disk nothing new is made, and what runs runs on; with room again all works', () => {
  const host = bootHost();
  host.run(`docker run -d --name web --network none busybox sleep 1000; ${fill}`);

  const { exitCode, stderr } = host.run('docker run --rm --network none busybox true');
  expect(exitCode).toBe(125);
  expect(stderr.replace(/[0-9a-f]{64}/, 'ID').replace(/link\d+/, 'linkN')).toBe(
    'docker: Error response from daemon: write /var/lib/docker/overlay2/ID-init/.tmp-linkN: ' +
      'no space left on device.\n' +
      "See 'docker run --help'.\n",
  );
  expect(host.run('docker exec web true').stdout.replace(/\d+/, 'N')).toBe(
    'OCI runtime exec failed: write /tmp/runc-processN: no space left on device: unknown\r\n',
  );
  expect(host.run('docker ps --format "{{.Names}} {{.State}}"; systemctl is-active docker').stdout).toBe(
    'web running\nactive\n',
  );
  host.run('rm /fill');
  expect(host.run('docker run --rm --network none busybox echo again').stdout).toBe('again\n');
});

test('on a full disk a restart policy cannot bring its container back, and dockerd lives on', () => {
  const host = bootHost();
  const pid = host.run('pidof dockerd').stdout;
  host.run(`docker run -d --name web --restart always busybox false; sleep 10; ${fill}; sleep 60`);

  expect(host.run("docker inspect -f '{{.State.Status}}' web; pidof dockerd").stdout).toBe(`exited\n${pid}`);
  expect(host.run('docker restart web').stderr).toMatch(
    /^Error response from daemon: Cannot restart container web: write \S+: no space left on device$/m,
  );
  host.run('rm /fill');
  expect(host.run('docker start web').stdout).toBe('web\n');
});

test('on a full disk what the kernel says of a kill is in no journal, and systemd lives on', () => {
  const host = bootHost();
  // The journal's last block has room for one or two.
  const kills = 'for i in 1 2 3 4; do tail /dev/zero; done';
  const eats = `docker run -d --name web --network none -m 16m busybox sh -c 'sleep 5; ${kills}; sleep 1000'`;
  host.run(`${eats}; ${fill}; sleep 10`);

  expect(host.run('dmesg | grep -c "Killed process"').stdout).toBe('4\n');
  expect(Number(host.run('journalctl -k | grep -c "Killed process"').stdout)).toBeLessThan(4);
  host.run('rm /fill');
  expect(host.run('docker run --rm --network none busybox echo again').stdout).toBe('again\n');
});

test('on a full disk dockerd cannot start, says which file had no room, and starts when there is room again', () => {
  const host = bootHost();

  expect(host.run(`${fill}; systemctl restart docker`).exitCode).toBe(1);
  expect(host.run('dockerd').stderr).toMatch(
    /^failed to start daemon: write \/var\/lib\/docker\/network\/\S+: no space left on device$/m,
  );
  expect(host.run('rm /fill; systemctl reset-failed docker; systemctl start docker').exitCode).toBe(0);
});

test('a pull that finds no room says so, to all who wait for a layer; the next one begins anew', () => {
  const host = bootHost();
  host.run(fill);

  const failed = host.run('docker pull nginx & docker pull nginx; wait').stderr;
  expect(failed).toMatch(/^(failed to register layer: write \/var\/lib\/docker\/\S+: no space left on device\n){2}$/);

  host.run('rm /fill');
  expect(host.run('docker pull -q nginx').stdout).toBe('docker.io/library/nginx:latest\n');
});

test('what containerd has no room for in its database is not in it, and the next containerd can read it', () => {
  const host = bootHost();
  host.run('docker create --name c1 --network none busybox sleep 1000');

  // Room for the files that dockerd writes before, and for the first page of the container's record.
  const failed = host.run(`${fill.replace('print $4', 'print $4 - 20')}; docker start c1`);
  expect(failed.stderr).toMatch(/write \/var\/lib\/containerd\/\S+\/meta.db: no space left on device/);
  expect(host.run('rm /fill; systemctl restart containerd && docker start c1').stdout).toBe('c1\n');
});

test('an image whose configuration cannot be written down is not there', () => {
  const host = bootHost();
  const database = '/var/lib/docker/image/overlay2/imagedb';

  expect(host.run(`mv ${database} /root; echo > ${database}; docker pull -q alpine`).stderr).toBe(
    'failed to write digest data: not a directory\n',
  );
  expect(host.run(`rm ${database}; mv /root/imagedb ${database}; docker images -q alpine`).stdout).toBe('');
  expect(host.run('docker pull -q alpine').stdout).toBe('docker.io/library/alpine:latest\n');
});

test('a slow line to the registry is slow for a pull, and for nothing else', () => {
  const host = bootHost();
  const timed = (script: string) => {
    const before = host.journal.at(-1)?.timeNs ?? 0;
    host.run(script);
    return ((host.journal.findLast(({ type }) => type === 'docker.event')?.timeNs ?? 0) - before) / 1e9;
  };
  const usual = timed('docker pull alpine');
  host.run(`mkdir -p /etc/glassdock; echo '{"bytes-per-second": 100000}' > /etc/glassdock/registry.json`);

  expect(timed('docker pull redis')).toBeGreaterThan(10 * usual);
  expect(timed('docker run --rm --network none busybox true')).toBeLessThan(2);
});
