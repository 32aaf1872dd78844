/** What Go and Docker take for an address or a name of the network. */

/** Go: net.ParseIP(). */
export function isAddress(text: string): boolean {
  const octets = text.split('.');
  if (octets.length === 4) return octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256);
  return text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text);
}

/** moby and docker: opts.ValidateDNSSearch(); the colons before the names are a slip of theirs. */
export function isSearchDomain(text: string): boolean {
  const domain = text.replace(/^ +| +$/g, '');
  if (domain === '.') return true;
  const label = ':?(?:[a-zA-Z0-9]|:?[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
  const [, name = ''] = new RegExp(`^(:?${label}(?::?\\.${label})*)\\.?\\s*$`).exec(domain) ?? [];
  return /[a-zA-Z]/.test(domain) && name !== '' && name.length < 255;
}
