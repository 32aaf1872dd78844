import { decode } from '../wire/http.ts';

/** Every value of a parameter that may come several times. */
export function queryList(target: string, name: string): readonly string[] {
  const [, query = ''] = target.split(/\?(.*)/s);
  const pairs = query.split('&').map((part) => part.split(/=(.*)/s));
  return pairs.flatMap(([key = '', value = '']) => (key === name ? [decode(value)] : []));
}
