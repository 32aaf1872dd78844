/**
 * A text with everything that differs from run to run replaced by a symbol: ids, times, ages, pids, folders with two
 * names. Recordings hold some symbols already; to compare, normalise both sides.
 *
 * `symbols` says which full ids are known, for example `{ '3f5a…': '$CID' }`; their first twelve digits become
 * `$CID[:12]`. Any other id of 64 digits is `$HEX`.
 */
export function normalise(text: string, symbols: Readonly<Record<string, string>> = {}): string {
  const named = Object.entries(symbols).reduce(
    (result, [id, symbol]) => result.replaceAll(id, symbol).replaceAll(id.slice(0, 12), `${symbol}[:12]`),
    text,
  );
  const replaced = replacements.reduce((result, [pattern, symbol]) => result.replace(pattern, symbol), named);
  // The columns of a table are as wide as their widest text, which a replaced id or age has changed.
  return replaced === text && !/\$AGO|\[:12\]/.test(text) ? replaced : replaced.replace(/(?<=\S) {3,}(?=\S)/g, '   ');
}

/** Every text in a fact, normalised; the fact's shape stays. */
export function normaliseFact<Fact>(fact: Fact, symbols: Readonly<Record<string, string>> = {}): Fact {
  return mapTexts(fact, (text) => normalise(text, symbols)) as Fact;
}

/** A run's symbols: its containers' ids by name, and the symbols that the recording has for the names. */
export function symbolsOfContainers(
  recorded: Readonly<Record<string, string>>,
  simulatedIds: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const pairs = Object.entries(recorded).flatMap(([symbol, name]) => {
    const id = simulatedIds[name];
    return id === undefined ? [] : [[id, symbol] as const];
  });
  return Object.fromEntries(pairs);
}

/** What units.HumanDuration of the CLI prints, with or without `ago`. */
const age =
  /(?:Less than a second|About an? (?:minute|hour)|\d+ (?:second|minute|hour|day|week|month|year)s?)(?: ago)?/g;

/** Why an exec could not be: it ends with CR LF, of which the recorders, who read text, kept LF. */
const refusedExec = /(?<=^(?:OCI runtime exec failed|unable to find|connection error).*)\r(?=\n)/gm;

const replacements: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{64}\b|\$HEX\d+/g, '$HEX'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, '$TIME'],
  [age, '$AGO'],
  [refusedExec, ''],
  [/(?:\/var)?\/run\/docker\b(?!\.)/g, '$EXEC'],
  [/\/var\/lib\/docker\b/g, '$DATA'],
  [/\/proc\/\d+\//g, '/proc/$PID/'],
  [/(?<=read \/proc\/self\/fd\/)\d+/g, '$FD'],
  [/(?<=referenced image )[0-9a-f]{12}/g, '$IMAGE[:12]'],
  [/"Pid": ?(?:"?\d+"?|\$PID)(?=,)/g, '"Pid":$PID'],
  [/(?<=\/netns\/)[0-9a-f]{12}\b/g, '$HEX[:12]'],
  [/(?<=^\S+ +\S+ +)[0-9a-f]{12}(?= )/gm, '$IMAGE[:12]'],
  // A line of `docker history`, whose ages are symbols already.
  [/^[0-9a-f]{12}(?= {2,}\$AGO )/gm, '$IMAGE[:12]'],
  [/(?<=^ ID: )[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/gm, '$ENGINE_ID'],
  [/runc-process(?:\d+|\$N)/g, 'runc-process$N'],
  [/\/tmp\/pty\d+\//g, '/tmp/pty$N/'],
];

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, mapTexts(field, change)]));
}
