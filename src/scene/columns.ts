/** A left edge and a width, in the stage's units. */
export interface Column {
  readonly x: number;
  readonly w: number;
}

/** Who stands where from left to right; the headings stand above them. */
export interface Columns {
  readonly client: Column;
  readonly dockerd: Column;
  readonly containerd: Column;
  readonly shim: Column;
  readonly tools: Column;
}

/** As close as the words in the boxes and beside the lines allow: for a phone, or beside the inspector. */
const closest: Columns = {
  client: { x: 16, w: 124 },
  dockerd: { x: 168, w: 150 },
  containerd: { x: 346, w: 150 },
  shim: { x: 534, w: 140 },
  tools: { x: 752, w: 270 },
};

/** As far apart as one still sees what belongs together. */
const widest: Columns = {
  client: { x: 24, w: 188 },
  dockerd: { x: 294, w: 240 },
  containerd: { x: 618, w: 240 },
  shim: { x: 950, w: 218 },
  tools: { x: 1314, w: 380 },
};

const names = ['client', 'dockerd', 'containerd', 'shim', 'tools'] as const;

/** Room to the right of the last column. */
export const rightMargin = 16;

/** Whether the width leaves no choice: on a phone, in a frame. */
export function isClosest({ client }: Columns): boolean {
  return client.w === closest.client.w;
}

function endOf({ tools }: Columns): number {
  return tools.x + tools.w + rightMargin;
}

/** The columns that fill a width, as far as they can: wide rooms have long wires, narrow ones short. */
export function columnsFor(width: number): Columns {
  const share = Math.max(0, Math.min(1, (width - endOf(closest)) / (endOf(widest) - endOf(closest))));
  const between = (low: number, high: number) => Math.round(low + share * (high - low));
  const entries = names.map((name) => {
    const [low, high] = [closest[name], widest[name]];
    return [name, { x: between(low.x, high.x), w: between(low.w, high.w) }] as const;
  });
  return { ...widest, ...Object.fromEntries(entries) };
}
