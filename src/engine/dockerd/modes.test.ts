/** Who may read what the engine keeps; asked of 26.1.5, 1.7.24 and 1.1.15. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run("docker run -d --name one -v /data --network none busybox sh -c 'echo hi; sleep 1000'");

const modesUnder = (directory: string, ...names: readonly string[]): string =>
  host
    .run(`cd ${directory}; stat -c '%a %F %n' ${names.join(' ')}`)
    .stdout.replaceAll(/[0-9a-f]{12,64}/g, 'ID')
    .replaceAll(/(regular|empty) file|regular empty file/g, 'file');

test('a bundle can be read by who gets to it, and its socket not', () => {
  expect(modesUnder('/run/containerd', '.', '*.sock*', 's', 's/*')).toBe(
    '711 directory .\n660 socket containerd.sock\n660 socket containerd.sock.ttrpc\n600 directory s\n600 socket s/ID\n',
  );
  expect(
    modesUnder(
      '/run/containerd/io.containerd.runtime.v2.task/moby/*',
      ...['.', 'address', 'config.json', 'init.pid', 'log', 'log.json', 'options.json', 'rootfs', 'runtime'],
      'shim-binary-path',
    ),
  ).toBe(
    '700 directory .\n644 file address\n644 file config.json\n644 file init.pid\n700 fifo log\n644 file log.json\n' +
      '600 file options.json\n711 directory rootfs\n600 file runtime\n600 file shim-binary-path\n',
  );
});

test('what dockerd keeps while it runs is its own', () => {
  expect(
    modesUnder(
      '/run/docker',
      ...['.', 'containerd', 'containerd/*', 'containerd/*/*-stdout', 'libnetwork', 'libnetwork/*', 'netns'],
      ...['runtime-runc', 'runtime-runc/moby', 'runtime-runc/moby/*', 'runtime-runc/moby/*/state.json'],
    ),
  ).toBe(
    '700 directory .\n755 directory containerd\n755 directory containerd/ID\n700 fifo containerd/ID/ID-stdout\n' +
      '600 directory libnetwork\n600 socket libnetwork/ID.sock\n755 directory netns\n700 directory runtime-runc\n' +
      '700 directory runtime-runc/moby\n711 directory runtime-runc/moby/ID\n600 file runtime-runc/moby/ID/state.json\n',
  );
});

test('and so is what it keeps for ever', () => {
  expect(
    modesUnder(
      '/var/lib/docker',
      ...['.', 'containers', 'containers/*', 'containers/*/*', 'engine-id', 'image', 'image/overlay2', 'network'],
      ...['network/files', 'overlay2', 'overlay2/l', 'overlay2/*-init', 'volumes', 'volumes/ID*', 'volumes/*/_data'],
      '/var/lib/containerd',
    ),
  ).toBe(
    '710 directory .\n710 directory containers\n710 directory containers/ID\n640 file containers/ID/ID-json.log\n' +
      '700 directory containers/ID/checkpoints\n600 file containers/ID/config.v2.json\n' +
      '600 file containers/ID/hostconfig.json\n644 file containers/ID/hostname\n644 file containers/ID/hosts\n' +
      '710 directory containers/ID/mounts\n644 file containers/ID/resolv.conf\n644 file containers/ID/resolv.conf.hash\n' +
      '600 file engine-id\n700 directory image\n700 directory image/overlay2\n750 directory network\n' +
      '750 directory network/files\n710 directory overlay2\n700 directory overlay2/l\n710 directory overlay2/ID-init\n' +
      '701 directory volumes\n755 directory volumes/ID/_data\n700 directory /var/lib/containerd\n',
  );
});
