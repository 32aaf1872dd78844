/** What containerd 1.7.24 is made of, as it told of itself: in the order in which it starts them. */

export interface Plugin {
  readonly type: string;
  readonly id: string;
  readonly platforms: readonly string[];
  /** What it needs is not on this host: no btrfs, no pool of devices. */
  readonly isSkipped: boolean;
}

const table = `
event.v1 exchange - ok
internal.v1 opt - ok
warning.v1 deprecations - ok
snapshotter.v1 blockfile linux/amd64 skip
snapshotter.v1 btrfs linux/amd64 skip
snapshotter.v1 devmapper linux/amd64 skip
snapshotter.v1 native linux/amd64 ok
snapshotter.v1 overlayfs linux/amd64 ok
snapshotter.v1 aufs linux/amd64 skip
snapshotter.v1 zfs linux/amd64 skip
content.v1 content - ok
metadata.v1 bolt - ok
gc.v1 scheduler - ok
differ.v1 walking linux/amd64 ok
lease.v1 manager - ok
streaming.v1 manager - ok
runtime.v1 linux linux/amd64 ok
monitor.v1 cgroups linux/amd64 ok
runtime.v2 task linux/amd64 ok
runtime.v2 shim - ok
sandbox.store.v1 local - ok
sandbox.controller.v1 local - ok
service.v1 containers-service - ok
service.v1 content-service - ok
service.v1 diff-service - ok
service.v1 images-service - ok
service.v1 introspection-service - ok
service.v1 namespaces-service - ok
service.v1 snapshots-service - ok
service.v1 tasks-service - ok
grpc.v1 containers - ok
grpc.v1 content - ok
grpc.v1 diff - ok
grpc.v1 events - ok
grpc.v1 images - ok
grpc.v1 introspection - ok
grpc.v1 leases - ok
grpc.v1 namespaces - ok
grpc.v1 sandbox-controllers - ok
grpc.v1 sandboxes - ok
grpc.v1 snapshots - ok
grpc.v1 streaming - ok
grpc.v1 tasks - ok
transfer.v1 local - ok
grpc.v1 transfer - ok
grpc.v1 version - ok
internal.v1 restart - ok
tracing.processor.v1 otlp - skip
internal.v1 tracing - skip
grpc.v1 healthcheck - ok
nri.v1 nri - ok
grpc.v1 cri linux/amd64 ok`;

export const plugins: readonly Plugin[] = table
  .trim()
  .split('\n')
  .map((line) => {
    const [type = '', id = '', platform = '', status = ''] = line.split(' ');
    return {
      type: `io.containerd.${type}`,
      id,
      platforms: platform === '-' ? [] : [platform],
      isSkipped: status === 'skip',
    };
  });
