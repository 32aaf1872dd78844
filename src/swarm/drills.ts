/** Drills, as `drills.txt` has them: commands for the corners that chance does not find. */

export interface Drill {
  readonly about: string;
  readonly commands: readonly string[];
}

/** Reads the file: its format stands at its top. Throws for a command that belongs to no drill. */
export function parseDrills(text: string): readonly Drill[] {
  const drills: { about: string; commands: string[] }[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('## ')) drills.push({ about: line.slice(3), commands: [] });
    else if (line !== '' && !line.startsWith('#')) {
      const drill = drills.at(-1);
      if (drill === undefined) throw new Error(`drills.txt: no drill begins before "${line}"`);
      drill.commands.push(...expanded(line));
    }
  }
  return drills;
}

function expanded(line: string): readonly string[] {
  const [, from, to, step, command] = /^sweep (\S+) (\S+) (\S+): (.*)$/.exec(line) ?? [];
  if (command === undefined) return [line];
  const count = Math.round((Number(to) - Number(from)) / Number(step)) + 1;
  return Array.from({ length: count }, (_, index) =>
    command.replaceAll('@', (Number(from) + index * Number(step)).toFixed(4)),
  );
}
