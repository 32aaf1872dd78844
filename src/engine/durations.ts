/**
 * How long the engine's work takes, in nanoseconds: medians of `truth/40-timing` (unstraced, real hardware). A recorded
 * figure spans several steps; the parts below are chosen so that they add up to it. Programs use them with
 * `sys.compute`.
 */
const ms = 1_000_000;
const us = 1_000;

/** Recorded medians: what the parts must add up to. A test compares the simulated totals with these. */
export const recorded = {
  dockerRunDetached: 302 * ms,
  cliExecToShimStartExec: 76.8 * ms,
  shimStartLifetime: 9.5 * ms,
  shimExecToRuncCreateExec: 10 * ms,
  runcCreateLifetime: 193.7 * ms,
  setkeyHookLifetime: 124.8 * ms,
  runcCreateExitToRuncStartExec: 6.4 * ms,
  runcStartExecToProgramExec: 6.9 * ms,
  runcStartLifetime: 7.2 * ms,
  programExecToCliExit: 6.3 * ms,
  dockerRunForeground: 358.1 * ms,
  containerExitToRuncDeleteExec: 5.5 * ms,
  runcDeleteLifetime: 6.5 * ms,
  runcDeleteExitToShimExit: 2.2 * ms,
  shimDeleteLifetime: 14.1 * ms,
  dockerExec: 103.3 * ms,
  runcExecLifetime: 47.9 * ms,
  cliExecToRuncExecExec: 40.5 * ms,
  dockerKill: 100.8 * ms,
} as const;

/** One RPC message: encoding, the write, and the reader's wake-up in another process. */
export const rpcMessageNs = 150 * us;

/** containerd-shim-runc-v2. */
export const shimDurations = {
  /** Start of the `start` helper up to its fork of the shim. */
  startHelperBegins: 5 * ms,
  /** After that fork up to its exit. */
  startHelperEnds: 2.5 * ms,
  /** Start of the shim up to its accepting connections. */
  begins: 5 * ms,
  /** From Task/Create's arrival to the fork of `runc create`. */
  beforeRuncCreate: 2.8 * ms,
  /** From the end of `runc create` to the opening of the fifos. */
  afterCreate: 3.5 * ms,
  /** From a container process's end to Events/Forward of /tasks/exit. */
  exitHandling: 1.2 * ms,
  /** From SIGCHLD to wait4: a goroutine wakes up. */
  reaperWakes: 10 * us,
  beforeRunc: 1.2 * ms,
  afterRunc: 400 * us,
  /** After runc start or runc exec: the cgroup is looked at, the fifos are opened. */
  afterStart: 1.4 * ms,
  shutdown: 1.4 * ms,
  publish: 100 * us,
  /** The first connection to containerd. */
  connect: 200 * us,
  deleteHelperBegins: 3.8 * ms,
  deleteHelperEnds: 2 * ms,
} as const;

/** containerd. */
export const containerdDurations = {
  begins: 60 * ms,
  /** Writing its metadata database: one committed transaction. */
  databaseCommit: 1.2 * ms,
  request: 200 * us,
  /** Laying out a bundle, up to the fork of `shim start`. */
  bundle: 2 * ms,
  connectShim: 500 * us,
} as const;

/** runc; `create` adds up to 194 ms together with dockerd's setkey hook of 125 ms. */
export const runcDurations = {
  /** Go's start and the reading of config.json. */
  begins: 4 * ms,
  parseSpec: 5 * ms,
  /** The copy of itself in a sealed memfd, and Go's start again. */
  initBegins: 2 * ms,
  sealedCopy: 4 * ms,
  stageOne: 5 * ms,
  /** systemd's answer to StartTransientUnit is awaited besides. */
  cgroupSettings: 4 * ms,
  unshare: 6 * ms,
  /** From stage 2's word to stage 0's end. */
  stageEnds: 500 * us,
  initGoBegins: 8 * ms,
  mounts: 7 * ms,
  pivot: 5 * ms,
  maskedPaths: 2 * ms,
  seccomp: 5 * ms,
  capabilities: 2 * ms,
  stateFile: 2 * ms,
  /** `runc start` up to its opening of exec.fifo. */
  startBegins: 6.5 * ms,
  /** Shorter than the program's own start, so that runc is gone before even the shortest program ends. */
  startEnds: 100 * us,
  killBegins: 8 * ms,
  deleteBegins: 4 * ms,
  deleteEnds: 1.5 * ms,
  execBegins: 6 * ms,
  execInit: 10 * ms,
  /** Again shorter than the program's start. */
  execEnds: 100 * us,
  pauseBegins: 5 * ms,
} as const;

/** Kernel threads that the recordings show (vm-01, vm-07: snapshots). */
export const threadCounts = {
  containerd: 9,
  dockerd: 11,
  docker: 7,
  shim: 11,
  shimHelper: 8,
  runc: 7,
  /** `runc init` asleep at exec.fifo: it took the container's pids 1 to 6. */
  runcInit: 6,
  dockerProxy: 7,
} as const;
