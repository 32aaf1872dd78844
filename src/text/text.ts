/** A sentence with `{name}` where a value goes; or two, when one of something reads otherwise than several. */
export type Message = string | { readonly one: string; readonly other: string };
export type Catalogue = Readonly<Record<string, Message>>;
export type Params = Readonly<Record<string, string | number>>;

/** A message and what goes into it: what the layers below the page pass on instead of sentences. */
export interface Caption<Key extends string = string> {
  readonly key: Key;
  readonly params: Params;
}

/**
 * The sentence of a message. `params.count` chooses between one and several. Error: a key or a placeholder that is not
 * there, since that is a mistake of ours.
 */
export function say(catalogue: Catalogue, key: string, params: Params = {}): string {
  const message = catalogue[key];
  if (message === undefined) throw new Error(`no message ${key}`);
  const sentence = typeof message === 'string' ? message : params['count'] === 1 ? message.one : message.other;
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`message ${key} needs {${name}}`);
    return String(value);
  });
}
