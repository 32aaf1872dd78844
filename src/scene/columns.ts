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
const closestColumns: Columns = {
  client: { x: 16, w: 124 },
  dockerd: { x: 164, w: 150 },
  containerd: { x: 338, w: 150 },
  shim: { x: 534, w: 140 },
  tools: { x: 752, w: 270 },
  block: { shim: { x: 582, w: 54 }, tools: { x: 652, w: 144 }, step: 296 },
};

/** As far apart as one still sees what belongs together. */
const widestColumns: Columns = {
  client: { x: 24, w: 188 },
  dockerd: { x: 294, w: 240 },
  containerd: { x: 618, w: 240 },
  shim: { x: 950, w: 218 },
  tools: { x: 1314, w: 380 },
  block: { shim: { x: 976, w: 96 }, tools: { x: 1116, w: 228 }, step: 488 },
};

/** In a tall room shims and containers stand below the daemons: a shim below containerd, its container to the left. */
const tallest: Columns = {
  client: { x: 12, w: 116 },
  dockerd: { x: 152, w: 150 },
  containerd: { x: 346, w: 150 },
  shim: { x: 346, w: 150 },
  tools: { x: 12, w: 288 },
  block: { shim: { x: 30, w: 54 }, tools: { x: 96, w: 136 }, step: 226 },
};
/** So much wider may the columns of a tall room be. */
const mostTall = 1.5;

/** Very many containers: a mark for each shim and one for each container, close together. */
const marks = {
  close: { shim: 18, tools: 34, gap: 5, step: 72 },
  /** Half of a step is for either. */
  apart: { shim: 26, tools: 40, gap: 12, step: 88 },
} as const;
const markLane = 10;

/** Room to the right of the last column. */
export const rightMargin = 16;
/** Left of a column of many shims systemd's trunk goes down. */
export const laneWidth = 18;

/** How the columns stand: for a wide room or a tall one, many containers as frames or as marks. */
export interface Arrangement {
  readonly isTall: boolean;
  readonly isMarked: boolean;
  /** Whether marks stand so far apart that a finger meets each. */
  readonly isApart: boolean;
  /** Whether tools stand below the daemons, so that blocks need no room for them. */
  readonly hasStrip: boolean;
  /** Of many containers; 0 for few. */
  readonly blocks: number;
}

/** Where the picture of as many blocks ends; of none, that of single containers. */
export function endOf({ tools, containerd, block }: Columns, blocks: number): number {
  // Beside the last block too there is room for a tool.
  const last = blocks === 0 ? tools.x + tools.w : block.shim.x + blocks * block.step - laneWidth;
  return Math.max(last, containerd.x + containerd.w) + rightMargin;
}

/** How wide as many blocks are at least. */
export function leastWidth(arrangement: Arrangement): number {
  return endOf(columnsFor(0, arrangement), arrangement.blocks);
}

function marked(columns: Columns, isApart: boolean): Columns {
  const { shim, tools, gap, step } = marks[isApart ? 'apart' : 'close'];
  const x = columns.block.shim.x - laneWidth + markLane;
  return { ...columns, block: { shim: { x, w: shim }, tools: { x: x + shim + gap, w: tools }, step } };
}

/** Left of a column of shims systemd's trunk goes down. */
export function laneOf(isMarked: boolean): number {
  return isMarked ? markLane : laneWidth;
}

/** The columns that fill a width, as far as they can, for few or many containers in a wide room or a tall one. */
export function columnsFor(width: number, { isTall, isMarked, isApart, hasStrip, blocks }: Arrangement): Columns {
  if (isMarked) return spread(marked(isTall ? tallColumns(width) : wideColumns(width, 0), isApart), width, blocks);
  if (isTall) return tallColumns(width);
  const [least, most] = hasStrip ? [closer(closestColumns), closer(widestColumns)] : [closestColumns, widestColumns];
  return wideColumns(width, blocks, least, most);
}

/** Marks are so much wider as there is room beside them. */
function spread(columns: Columns, width: number, blocks: number): Columns {
  const { shim, tools, step } = columns.block;
  const more = Math.max(0, Math.min(mostSpread, Math.floor((width - endOf(columns, blocks)) / blocks)));
  return { ...columns, block: { shim, tools: { x: tools.x, w: tools.w + more }, step: step + more } };
}

const mostSpread = 60;

/** Blocks without room for a tool between them. */
function closer(columns: Columns): Columns {
  const { shim, tools } = columns.block;
  return { ...columns, block: { ...columns.block, step: tools.x + tools.w - shim.x + laneWidth + blockGap } };
}

const blockGap = 10;

function tallColumns(width: number): Columns {
  const scale = Math.max(1, Math.min(mostTall, width / endOf(tallest, 0)));
  const column = ({ x, w }: Column): Column => ({ x: Math.round(x * scale), w: Math.round(w * scale) });
  const { client, dockerd, containerd, shim, tools, block } = tallest;
  return {
    client: column(client),
    dockerd: column(dockerd),
    containerd: column(containerd),
    shim: column(shim),
    tools: column(tools),
    block,
  };
}

/** Wide rooms have long wires, narrow ones short. */
function wideColumns(width: number, blocks: number, closest = closestColumns, widest = widestColumns): Columns {
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
