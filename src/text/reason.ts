/** Why something happens, and where that can be read. */
export interface Reason {
  readonly why: string;
  readonly source: string;
  /** The real engine was recorded doing it. */
  readonly isRecorded: boolean;
}

export function recorded(why: string, source: string): Reason {
  return { why, source, isRecorded: true };
}

/** Documentation says so; no recording shows it. */
export function unrecorded(why: string, source: string): Reason {
  return { why, source, isRecorded: false };
}
