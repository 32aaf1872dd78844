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
