/** How high those stand who are no container's, in the stage's units. */
export interface Levels {
  readonly top: number;
  readonly topHeight: number;
  /** A second shell, between the first one and its command. */
  readonly second: { readonly y: number; readonly h: number };
  readonly daemonTop: number;
  readonly daemonHeight: number;
  /** Below the daemons their wires hang, and below these the messages travel, down to here. */
  readonly messagesBottom: number;
  /** Then come other clients and services. */
  readonly lowerTop: number;
  /** What is told of the places for containers while there are none. */
  readonly notes: { readonly y: number; readonly h: number };
}

export const wideLevels: Levels = {
  top: 28,
  topHeight: 46,
  second: { y: 90, h: 44 },
  daemonTop: 150,
  daemonHeight: 100,
  messagesBottom: 304,
  lowerTop: 312,
  notes: { y: 150, h: 100 },
};

/** Closer, since shims and containers stand below. */
export const tallLevels: Levels = {
  top: 28,
  topHeight: 38,
  second: { y: 72, h: 30 },
  daemonTop: 106,
  daemonHeight: 94,
  messagesBottom: 248,
  lowerTop: 252,
  notes: { y: 300, h: 86 },
};
