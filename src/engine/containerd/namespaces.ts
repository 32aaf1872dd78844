/** Which names a namespace may have. containerd: namespaces.NamespaceRequired(), identifiers.Validate(). */
import { goQuote } from '../go-text.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';

const longestIdentifier = 76;
const identifier = '^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$';

/** Throws the RpcError that a real 1.7.24 answers. */
export function requireNamespace(name: string): void {
  if (name === '') throw new RpcError(rpcCode.failedPrecondition, 'namespace is required: failed precondition');
  const wrong = complaintAbout(name);
  if (wrong === undefined) return;
  const words = `namespace validation: identifier ${goQuote(name)} ${wrong}: invalid argument`;
  throw new RpcError(rpcCode.invalidArgument, words);
}

function complaintAbout(name: string): string | undefined {
  if (name.length > longestIdentifier) return `greater than maximum length (${longestIdentifier} characters)`;
  return new RegExp(identifier).test(name) ? undefined : `must match ${identifier}`;
}
