/** A left edge and a width, in the stage's units. */
export interface Column {
  readonly x: number;
  readonly w: number;
}

/** The first block of many containers: their shims, their frames, and from one block to the next. */
interface Block {
  readonly shim: Column;
  readonly tools: Column;
  readonly step: number;
}

/** Who stands where from left to right; the headings stand above them. */
export interface Columns {
  readonly client: Column;
  readonly dockerd: Column;
  readonly containerd: Column;
  readonly shim: Column;
  readonly tools: Column;
  /** Where many stand instead of those last two, in blocks beside each other. */
  readonly block: Block;
}

/** As close as the words in the boxes and beside the lines allow: for a phone, or beside the inspector. */
const closest: Columns = {
  client: { x: 16, w: 124 },
  dockerd: { x: 164, w: 150 },
  containerd: { x: 338, w: 150 },
  shim: { x: 534, w: 140 },
  tools: { x: 752, w: 270 },
  block: { shim: { x: 582, w: 54 }, tools: { x: 652, w: 136 }, step: 296 },
};

/** As far apart as one still sees what belongs together. */
const widest: Columns = {
  client: { x: 24, w: 188 },
  dockerd: { x: 294, w: 240 },
  containerd: { x: 618, w: 240 },
  shim: { x: 950, w: 218 },
  tools: { x: 1314, w: 380 },
  block: { shim: { x: 976, w: 96 }, tools: { x: 1116, w: 228 }, step: 488 },
};

/** Room to the right of the last column. */
export const rightMargin = 16;
/** Left of a column of many shims systemd's trunk goes down. */
export const laneWidth = 18;

/** Where the picture of as many blocks ends; of none, that of single containers. */
function endOf({ tools, block }: Columns, blocks: number): number {
  // Beside the last block too there is room for a tool.
  const last = blocks === 0 ? tools.x + tools.w : block.shim.x + blocks * block.step - laneWidth;
  return last + rightMargin;
}

/** How wide as many blocks are at least. */
export function leastWidth(blocks: number): number {
  return endOf(closest, blocks);
}

/** The columns that fill a width, as far as they can: wide rooms have long wires, narrow ones short. */
export function columnsFor(width: number, blocks = 0): Columns {
  const [least, most] = [endOf(closest, blocks), endOf(widest, blocks)];
  const share = Math.max(0, Math.min(1, (width - least) / (most - least)));
  const between = (low: number, high: number) => Math.round(low + share * (high - low));
  const column = (low: Column, high: Column): Column => ({ x: between(low.x, high.x), w: between(low.w, high.w) });
  return {
    client: column(closest.client, widest.client),
    dockerd: column(closest.dockerd, widest.dockerd),
    containerd: column(closest.containerd, widest.containerd),
    shim: column(closest.shim, widest.shim),
    tools: column(closest.tools, widest.tools),
    block: {
      shim: column(closest.block.shim, widest.block.shim),
      tools: column(closest.block.tools, widest.block.tools),
      step: between(closest.block.step, widest.block.step),
    },
  };
}
