/** `--format` templates as the commands use them. */

export interface Template {
  /** The text for a value, or the words of what went wrong. */
  readonly execute: (value: unknown) => string | { readonly error: string };
}

/** Reads a template: fields (`{{.State.Pid}}`) and `{{json .Field}}`. */
export function parseTemplate(text: string): Template | { readonly error: string } {
  return {
    execute: (value) =>
      text.replace(/\{\{\s*(json\s+)?([.\w]+)\s*\}\}/g, (_, asJson: string | undefined, path: string) => {
        const found = lookUp(value, path);
        if (asJson !== undefined) return JSON.stringify(found);
        return found === undefined ? '<no value>' : String(found);
      }),
  };
}

function lookUp(value: unknown, path: string): unknown {
  const names = path.split('.').filter((name) => name !== '');
  return names.reduce((at: unknown, name) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined), value);
}
