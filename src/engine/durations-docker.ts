/**
 * How long the docker CLI and dockerd work, in nanoseconds: parts that add up, together with those of durations.ts, to
 * the medians of `truth/40-timing`.
 */
const ms = 1_000_000;
const us = 1_000;

/** One HTTP message: encoding, the write, and the reader's wake-up in another process. */
export const httpMessageNs = 200 * us;

/** The docker CLI. */
export const cliDurations = {
  /** Go's start, plug-ins, configuration: most of what a short command takes. */
  begins: 30 * ms,
  /** Formatting the answer, and the end. */
  ends: 2 * ms,
} as const;

/** dockerd. */
export const dockerdDurations = {
  begins: 350 * ms,
  /** A layer's directories, links and its mount, up to the reply of create. */
  createLayer: 9 * ms,
  writeConfig: 2 * ms,
  mountRootfs: 3 * ms,
  /** An address, the veth pair and its rules. */
  allocateNetwork: 18 * ms,
  buildSpec: 2 * ms,
  releaseNetwork: 12 * ms,
  unmountRootfs: 2 * ms,
  removeLayer: 5 * ms,
  /** Comparing a container's layer with what is below, packing it and taking it up. No recording holds a commit. */
  commitLayer: 40 * ms,
  /** dockerd's binary is large: its start as libnetwork-setkey, before it connects. */
  setkeyBegins: 118 * ms,
  setkeyWork: 4 * ms,
  execStart: 4 * ms,
  topBegins: 15 * ms,
} as const;

/** The simulated registry and the line to it. No recording holds a successful pull: these figures are ours. */
export const registryDurations = {
  roundTrip: 90 * ms,
  /** 12.5 megabytes a second: 80 ns a byte. */
  perByte: 80,
  /** Unpacking: 200 megabytes a second. */
  extractPerByte: 5,
} as const;
