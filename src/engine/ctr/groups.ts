/** Groups of ctr's commands, as a real ctr 1.7.24 lists them. */
import type { Flag } from '../urfave.ts';

export interface Group {
  readonly about: string;
  /** Those that stand before its command. */
  readonly flags: readonly Flag[];
  readonly commands: string;
}

/** By the first of its names. */
export const groups: Readonly<Record<string, Group>> = {
  containers: {
    about: 'Manage containers',
    flags: [],
    commands: `   create                   Create container
   delete, del, remove, rm  Delete one or more existing containers
   info                     Get info about a container
   list, ls                 List containers
   label                    Set and clear labels for a container
   checkpoint               Checkpoint a container
   restore                  Restore a container from checkpoint
`,
  },
  tasks: {
    about: 'Manage tasks',
    flags: [],
    commands: `   attach                   Attach to the IO of a running container
   checkpoint               Checkpoint a container
   delete, del, remove, rm  Delete one or more tasks
   exec                     Execute additional processes in an existing container
   list, ls                 List tasks
   kill                     Signal a container (default: SIGTERM)
   metrics, metric          Get a single data point of metrics for a task with the built-in Linux runtime
   pause                    Pause an existing container
   ps                       List processes for container
   resume                   Resume a paused container
   start                    Start a container that has been created
`,
  },
  namespaces: {
    about: 'Manage namespaces',
    flags: [],
    commands: `   create, c   Create a new namespace
   list, ls    List namespaces
   remove, rm  Remove one or more namespaces
   label       Set and clear labels for a namespace
`,
  },
  images: {
    about: 'Manage images',
    flags: [],
    commands: `   check                    Check existing images to ensure all content is available locally
   export                   Export images
   import                   Import images
   list, ls                 List images known to containerd
   mount                    Mount an image to a target path
   unmount                  Unmount the image from the target
   pull                     Pull an image from a remote
   push                     Push an image to a remote
   prune                    Remove unused images
   delete, del, remove, rm  Remove one or more images by reference
   tag                      Tag an image
   label                    Set and clear labels for an image
   convert                  Convert an image
   usage                    Display usage of snapshots for a given image ref
`,
  },
  content: {
    about: 'Manage content',
    flags: [],
    commands: `   active                   Display active transfers
   delete, del, remove, rm  Permanently delete one or more blobs
   edit                     Edit a blob and return a new digest
   fetch                    Fetch all content for an image into containerd
   fetch-object             Retrieve objects from a remote
   fetch-blob               Retrieve blobs from a remote
   get                      Get the data for an object
   ingest                   Accept content into the store
   list, ls                 List all blobs in the store
   push-object              Push an object to a remote
   label                    Add labels to content
   prune                    Prunes content from the content store
`,
  },
  snapshots: {
    about: 'Manage snapshots',
    flags: [
      ['snapshotter', 'text', 'Snapshotter name. Empty value stands for the default value. [$CONTAINERD_SNAPSHOTTER]'],
    ],
    commands: `   commit                   Commit an active snapshot into the provided name
   diff                     Get the diff of two snapshots. the default second snapshot is the first snapshot's parent.
   info                     Get info about a snapshot
   list, ls                 List snapshots
   mounts, m, mount         Mount gets mount commands for the snapshots
   prepare                  Prepare a snapshot from a committed snapshot
   delete, del, remove, rm  Remove snapshots
   label                    Add labels to content
   tree                     Display tree view of snapshot branches
   unpack                   Unpack applies layers from a manifest to a snapshot
   usage                    Usage snapshots
   view                     Create a read-only snapshot from a committed snapshot
`,
  },
  leases: {
    about: 'Manage leases',
    flags: [],
    commands: `   list, ls                 List all active leases
   create                   Create lease
   delete, del, remove, rm  Delete a lease
`,
  },
  plugins: {
    about: 'Provides information about containerd plugins',
    flags: [],
    commands: `   list, ls  Lists containerd plugins
`,
  },
  sandboxes: {
    about: 'Manage sandboxes',
    flags: [],
    commands: `   run, create, c, r  Run a new sandbox
   list, ls           List sandboxes
   remove, rm         Remove sandboxes
`,
  },
  oci: {
    about: 'OCI tools',
    flags: [],
    commands: `   spec  See the output of the default OCI spec
`,
  },
  deprecations: {
    about: '',
    flags: [],
    commands: `   list  Print warnings for deprecations
`,
  },
  shim: {
    about: 'Interact with a shim directly',
    flags: [['id', 'text', 'Container id']],
    commands: `   delete  Delete a container with a task
   exec    Exec a new process in the task's container
   start   Start a container with a task
   state   Get the state of all the processes of the task
`,
  },
  pprof: {
    about: 'Provide golang pprof outputs for containerd',
    flags: [
      ['debug-socket d', 'text', 'Socket path for containerd\'s debug server (default: "/run/containerd/debug.sock")'],
    ],
    commands: `   block         Goroutine blocking profile
   goroutines    Dump goroutine stack dump
   heap          Dump heap profile
   profile       CPU profile
   threadcreate  Goroutine thread creating profile
   trace         Collect execution trace
`,
  },
};
