/** URLs and addresses as Go takes them apart, as far as the address of a daemon needs it. Go: net/url, net. */
import { goQuote } from '../go-text.ts';

/** Host with its port, and path, of `tcp://…`; or Go's words for what is wrong with it. Go: url.Parse(). */
export function parseTcpUrl(
  text: string,
): { readonly host: string; readonly path: string } | { readonly error: string } {
  const [, authority = '', path = ''] = /^tcp:\/\/([^/?#]*)([^?#]*)/.exec(text) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const wrong = hostComplaint(host) ?? escapeComplaint(path, /%(?![\da-fA-F]{2})/);
  if (wrong !== undefined) return { error: `parse ${goQuote(text)}: ${wrong}` };
  return { host, path: path.replace(/%([\da-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))) };
}

/** Go: url.parseHost(). */
function hostComplaint(host: string): string | undefined {
  const bracket = host.lastIndexOf(']');
  if (host.startsWith('[') && bracket < 0) return "missing ']' in host";
  const port = host.startsWith('[') ? host.slice(bracket + 1) : (/:[^:]*$/.exec(host)?.[0] ?? '');
  if (!/^(?::\d*)?$/.test(port)) return `invalid port ${goQuote(port)} after host`;
  const [foreign] = /[^\w.~!$&'()*+,;=:[\]<>"%\x80-\xff-]/.exec(host) ?? [];
  return (
    escapeComplaint(host, /%/) ??
    (foreign === undefined ? undefined : `invalid character ${goQuote(foreign)} in host name`)
  );
}

function escapeComplaint(text: string, wrong: RegExp): string | undefined {
  const at = text.search(wrong);
  return at < 0 ? undefined : `invalid URL escape ${goQuote(text.slice(at, at + 3))}`;
}

/** Go: net.SplitHostPort(); undefined without a port, or with too many colons. */
export function splitHostPort(text: string): { readonly name: string; readonly port: string } | undefined {
  const [, inBrackets, plain, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text) ?? [];
  return port === undefined ? undefined : { name: inBrackets ?? plain ?? '', port };
}

/** Go: net.JoinHostPort(). */
export function joinHostPort(name: string, port: string): string {
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}
