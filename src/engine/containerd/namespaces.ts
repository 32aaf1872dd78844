/** Which names a namespace and an exec may have. containerd: namespaces.NamespaceRequired(), identifiers.Validate(). */
import { goQuote } from '../go-text.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';

/** The namespace of all that dockerd asks for. */
export const dockersNamespace = 'moby';

const longestIdentifier = 76;
const identifier = '^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$';

/** Throws the RpcError that a real 1.7.24 answers. */
export function requireNamespace(name: string): void {
  if (name === '') throw new RpcError(rpcCode.failedPrecondition, 'namespace is required: failed precondition');
  const wrong = complaintAbout(name);
  if (wrong === undefined) return;
  throw invalid('namespace validation', name, wrong);
}

/** Throws the RpcError that a real 1.7.24 answers. containerd: runtime/v2/shim.go, Exec(). */
export function requireExecId(id: string): void {
  const wrong = complaintAbout(id);
  if (wrong !== undefined) throw invalid(`invalid exec id ${id}`, id, wrong);
}

/** Throws the RpcError that a real 1.7.24 answers for a new namespace. containerd: metadata/namespaces.go, Create(). */
export function requireIdentifier(name: string): void {
  const wrong = complaintAbout(name);
  if (wrong !== undefined)
    throw new RpcError(rpcCode.invalidArgument, `identifier ${goQuote(name)} ${wrong}: invalid argument`);
}

function invalid(what: string, name: string, wrong: string): RpcError {
  const words = `${what}: identifier ${goQuote(name)} ${wrong}: invalid argument`;
  return new RpcError(rpcCode.invalidArgument, words);
}

function complaintAbout(name: string): string | undefined {
  if (name.length > longestIdentifier) return `greater than maximum length (${longestIdentifier} characters)`;
  return new RegExp(identifier).test(name) ? undefined : `must match ${identifier}`;
}
