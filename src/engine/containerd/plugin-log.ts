/**
 * What the plug-ins of containerd 1.7.24 say when it starts and stops. The one for Kubernetes (CRI) is not modelled but
 * for its words, without the line of three thousand characters that has its configuration.
 */
import type { Running } from '../../kernel/abi.ts';
import type { Log } from '../log.ts';

const noNetwork =
  'cni config load failed: no network config found in /etc/cni/net.d: cni plugin not initialized: ' +
  'failed to load cni config';

/** In the order of vm-12c: it is chance which of the last is ahead of the sockets. */
export function* tellOfPlugins(log: Log): Running<void> {
  yield* log('info', 'metadata content store policy set', { policy: 'shared' });
  yield* log('info', 'NRI interface is disabled by configuration.');
  yield* log('info', 'Connect containerd service');
  yield* log('info', 'using legacy CRI server');
  yield* log('info', 'using experimental NRI integration - disable nri plugin to prevent this');
  yield* log('info', 'Get image filesystem path "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs"');
  const words = 'failed to load cni during init, please check CRI plugin status before setting up network for pods';
  yield* log('error', words, { error: noNetwork });
  for (const part of ['subscribing containerd event', 'recovering state', 'event monitor', 'snapshots syncer'])
    yield* log('info', `Start ${part}`);
  for (const part of ['cni network conf syncer for default', 'streaming server']) yield* log('info', `Start ${part}`);
}

/** Two of them stop the CRI service. */
export function* tellOfTheirEnd(log: Log): Running<void> {
  for (const message of ['Stop CRI service', 'Stop CRI service', 'Event monitor stopped', 'Stream server stopped'])
    yield* log('info', message);
}
