/** What redis keeps, and the commands for it: those for strings and keys. redis: src/server.c, t_string.c, db.c. */

/** A reply as the protocol (RESP 2) has them. */
export type Reply =
  | { readonly type: 'status' | 'error'; readonly text: string }
  | { readonly type: 'bulk'; readonly text: string | null }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'array'; readonly items: readonly string[] };

type Values = Map<string, string>;

interface Command {
  /** Words with the command's own; negative: at least so many. */
  readonly arity: number;
  readonly run: (values: Values, words: readonly string[]) => Reply;
}

const ok: Reply = { type: 'status', text: 'OK' };
const integer = (value: number): Reply => ({ type: 'integer', value });
const failure = (text: string): Reply => ({ type: 'error', text });

/** As redis writes it itself, and short enough to be exact. */
const wholeNumber = /^(?:0|-?[1-9]\d{0,14})$/;

function add(values: Values, key: string, by: string): Reply {
  const old = values.get(key) ?? '0';
  if (!wholeNumber.test(old) || !wholeNumber.test(by)) return failure('ERR value is not an integer or out of range');
  const sum = Number(old) + Number(by);
  values.set(key, String(sum));
  return integer(sum);
}

/** `*`, `user:*`, `h?llo` as a pattern. redis: stringmatchlen(), without its classes. */
function matcher(glob: string): RegExp {
  const parts = Array.from(glob, (char) => (char === '*' ? '[^]*' : char === '?' ? '[^]' : char.replace(/\W/, '\\$&')));
  return new RegExp(`^${parts.join('')}$`);
}

const commands: ReadonlyMap<string, Command> = new Map(
  Object.entries<Command>({
    ping: {
      arity: -1,
      run: (_, [, text]) => (text === undefined ? { type: 'status', text: 'PONG' } : { type: 'bulk', text }),
    },
    echo: { arity: 2, run: (_, [, text = '']) => ({ type: 'bulk', text }) },
    get: { arity: 2, run: (values, [, key = '']) => ({ type: 'bulk', text: values.get(key) ?? null }) },
    set: {
      arity: 3,
      run: (values, [, key = '', value = '']) => {
        values.set(key, value);
        return ok;
      },
    },
    del: { arity: -2, run: (values, [, ...keys]) => integer(keys.filter((key) => values.delete(key)).length) },
    exists: { arity: -2, run: (values, [, ...keys]) => integer(keys.filter((key) => values.has(key)).length) },
    incr: { arity: 2, run: (values, [, key = '']) => add(values, key, '1') },
    decr: { arity: 2, run: (values, [, key = '']) => add(values, key, '-1') },
    incrby: { arity: 3, run: (values, [, key = '', by = '']) => add(values, key, by) },
    append: {
      arity: 3,
      run: (values, [, key = '', text = '']) => {
        values.set(key, (values.get(key) ?? '') + text);
        return integer(values.get(key)?.length ?? 0);
      },
    },
    strlen: { arity: 2, run: (values, [, key = '']) => integer(values.get(key)?.length ?? 0) },
    keys: {
      arity: 2,
      run: (values, [, glob = '']) => ({
        type: 'array',
        items: [...values.keys()].filter((key) => matcher(glob).test(key)),
      }),
    },
    dbsize: { arity: 1, run: (values) => integer(values.size) },
    flushall: {
      arity: -1,
      run: (values) => {
        values.clear();
        return ok;
      },
    },
    quit: { arity: -1, run: () => ok },
  }),
);

/** Runs a command on the values. What is not here is refused as redis refuses what it does not know. */
export function runRedisCommand(values: Values, words: readonly string[]): Reply {
  const [name = '', ...rest] = words;
  const command = commands.get(name.toLowerCase());
  if (command === undefined) {
    const beginning = rest.map((word) => `'${word}' `).join('');
    return failure(`ERR unknown command '${name}', with args beginning with: ${beginning}`);
  }
  const isRight = command.arity < 0 ? words.length >= -command.arity : words.length === command.arity;
  if (!isRight) return failure(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  return command.run(values, words);
}
