import { isErrno } from '../../kernel/errno.ts';
import { RpcError } from '../wire/rpc.ts';

/** An answer of the API that says no: the HTTP status and the real words. moby: errdefs and api/server/httpstatus. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const badRequest = (message: string): ApiError => new ApiError(400, message);
export const notFound = (message: string): ApiError => new ApiError(404, message);
export const conflict = (message: string): ApiError => new ApiError(409, message);
export const serverError = (message: string): ApiError => new ApiError(500, message);

/**
 * A verb's failure as the API tells it, or the log where nobody has asked: its own words, containerd's, or those of a
 * system call. Anything else is a mistake of ours, and thrown on.
 */
export function answerOf(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof ApiError) return error;
  if (error instanceof RpcError) return { status: 500, message: error.message };
  if (isErrno(error)) return { status: 500, message: error.message.toLowerCase() };
  throw error;
}
