/** curl's `-w`: variables of a transfer in a text. */
import type { Transfer } from './curl.ts';

/** `%{http_code}\n` with its values; an unknown variable is nothing, as curl has it. */
export function writtenOut(format: string, transfer: Transfer): string {
  const seconds = (ns: number): string => (ns / 1e9).toFixed(6);
  const values: Readonly<Record<string, string>> = {
    content_type: transfer.contentType,
    http_code: String(transfer.status).padStart(3, '0'),
    http_version: '1.1',
    local_ip: transfer.local.address,
    local_port: String(transfer.local.port),
    redirect_url: transfer.redirectTo,
    remote_ip: transfer.remote.address,
    remote_port: String(transfer.remote.port),
    response_code: String(transfer.status).padStart(3, '0'),
    size_download: String(transfer.bodyBytes),
    time_connect: seconds(transfer.connectedNs),
    time_total: seconds(transfer.totalNs),
    url: `${transfer.url.scheme}://${transfer.url.authority}${transfer.url.target}`,
  };
  return format
    .replace(/\\([nrt\\])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? '\\')
    .replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
    .replaceAll('%%', '%');
}
