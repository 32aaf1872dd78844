/** What a folder directly under `src` may import. Types cost nothing at run time, so a layer may know more of them. */
export interface Layer {
  readonly values: readonly string[];
  readonly types?: readonly string[];
  /** Packages, by name; `node:` stands for all of Node's own. */
  readonly packages?: readonly string[];
}

const page = ['react', 'react-dom', '@xyflow/react', 'zustand', 'radix-ui', 'lucide-react', 'xstate'];

/**
 * The layers of ARCHITECTURE.md: imports run downwards only. The journal is where both halves meet: above it no engine
 * is needed, below it no screen.
 */
export const layers: Readonly<Record<string, Layer>> = {
  journal: { values: [] },
  kernel: { values: [], types: ['journal'] },
  programs: { values: ['kernel'], types: ['journal'], packages: ['unbash'] },
  engine: { values: ['programs', 'kernel'], types: ['journal'], packages: ['xstate', 'fflate'] },
  host: { values: ['engine', 'programs', 'kernel', 'journal'] },
  worker: { values: ['host', 'journal'] },
  // The story is told by the picture's rules: `scene` knows no screen.
  headless: { values: ['host', 'scene', 'journal'], packages: ['node:'] },
  swarm: { values: ['host', 'engine', 'programs', 'journal', 'kernel'], packages: ['node:', 'xstate'] },
  scenarios: { values: ['headless', 'host', 'scene', 'journal'], packages: ['node:'] },
  // Compares what a machine did with what the real engine was recorded to do.
  recordings: { values: ['headless', 'host', 'journal', 'kernel'], packages: ['node:'] },
  text: { values: [] },
  scene: { values: ['journal', 'text'] },
  stage: { values: ['scene', 'journal', 'text'], packages: page },
  panels: { values: ['stage', 'scene', 'journal', 'text'], packages: [...page, '@xterm/xterm', '@xterm/addon-fit'] },
  app: {
    values: ['panels', 'stage', 'scene', 'journal', 'text'],
    types: ['worker', 'host'],
    packages: [...page, '@xterm/xterm', '@xterm/addon-fit'],
  },
};

/** An import that points the wrong way, told with what to do instead; undefined when it is right. */
export function complaintAbout(from: string, specifier: string, typeOnly: boolean): string | undefined {
  const [folder = ''] = from.split('/').slice(1);
  const layer = layers[folder];
  if (layer === undefined) {
    return `src/${folder} is no layer; the layers are ${Object.keys(layers).join(', ')} (src/tidy/layers.ts)`;
  }
  if (!specifier.startsWith('.')) return complaintAboutPackage(folder, layer, specifier);

  const target = folderOf(from, specifier);
  if (target === folder) return undefined;
  // The page loads the machine's worker by its address, never as a module of its own.
  if (folder === 'app' && target === 'worker' && specifier.endsWith('?worker&url')) return undefined;
  // What the page says of the model is the document itself, to which the tests hold.
  if (folder === 'panels' && specifier.endsWith('/MODEL.md?raw')) return undefined;
  if (target === undefined) return `${specifier} leaves src: copy the fact into src/${folder}, or pass it in`;
  if (layer.values.includes(target)) return undefined;
  if (layer.types?.includes(target) === true) {
    // The schema of the events is vocabulary: types, and the lists of words that the types are made from.
    if (typeOnly || specifier.endsWith('/journal/event.ts')) return undefined;
    return `${folder} knows ${target} by its types only: write "import type", or take the value as a parameter`;
  }
  const below = [...layer.values, ...(layer.types ?? []).map((name) => `${name} (types)`)].join(', ');
  return (
    `${folder} must not import ${target}; it stands on ${below === '' ? 'nothing of ours' : below}. ` +
    `Move what both need down, or let ${target} call ${folder}`
  );
}

function complaintAboutPackage(folder: string, layer: Layer, specifier: string): string | undefined {
  const allowed = layer.packages ?? [];
  if (allowed.some((name) => specifier === name || specifier.startsWith(name === 'node:' ? name : `${name}/`))) {
    return undefined;
  }
  const others = allowed.length === 0 ? 'none' : allowed.join(', ');
  return `${folder} must not import the package ${specifier}; it may use ${others}`;
}

/** The folder under `src` that a relative import leads to; undefined when it leads out of `src`. */
function folderOf(from: string, specifier: string): string | undefined {
  const path = new URL(specifier, `file:///${from}`).pathname;
  return path.startsWith('/src/') ? path.split('/')[2] : undefined;
}
