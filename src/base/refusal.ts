/**
 * A request that cannot be done, and why. The code is the AWS shape name where AWS has one
 * (`ResourceNotFoundException`), so that the gateway can answer it in every protocol.
 */
export class Refusal extends Error {
  readonly code: string;
  /** HTTP status, only where the service's own model does not give one. */
  readonly status: number | undefined;
  /** Further members of the error shape. */
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { status?: number; detail?: Record<string, unknown> } = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = options.status;
    this.detail = options.detail ?? {};
  }
}
