/**
 * The one table of errors: code → HTTP status and OpenAI's `type`, for REST, tRPC, emails and portal. `retry`: whether the
 * same call can succeed later without a change (else `x-should-retry: false`).
 */
export const errorTable = {
  // 400: the request is wrong
  invalid_request: { status: 400, type: "invalid_request_error", retry: false },
  invalid_json: { status: 400, type: "invalid_request_error", retry: false },
  invalid_id: { status: 400, type: "invalid_request_error", retry: false },
  invalid_cursor: { status: 400, type: "invalid_request_error", retry: false },
  unknown_parameter: { status: 400, type: "invalid_request_error", retry: false },
  context_length_exceeded: { status: 400, type: "invalid_request_error", retry: false },
  unsupported_parameter: { status: 400, type: "invalid_request_error", retry: false },
  weak_password: { status: 400, type: "invalid_request_error", retry: false },
  proof_of_work_required: { status: 400, type: "invalid_request_error", retry: false },
  invalid_token: { status: 400, type: "invalid_request_error", retry: false },
  content_filtered: { status: 400, type: "invalid_request_error", retry: false },
  // 401: the caller is unknown
  missing_credentials: { status: 401, type: "authentication_error", retry: false },
  invalid_api_key: { status: 401, type: "authentication_error", retry: false },
  api_key_expired: { status: 401, type: "authentication_error", retry: false },
  api_key_revoked: { status: 401, type: "authentication_error", retry: false },
  invalid_access_token: { status: 401, type: "authentication_error", retry: false },
  access_token_expired: { status: 401, type: "authentication_error", retry: false },
  invalid_refresh_token: { status: 401, type: "authentication_error", retry: false },
  invalid_login: { status: 401, type: "authentication_error", retry: false },
  second_factor_required: { status: 401, type: "authentication_error", retry: false },
  second_factor_invalid: { status: 401, type: "authentication_error", retry: false },
  passkey_invalid: { status: 401, type: "authentication_error", retry: false },
  // 402, 403: the caller may not
  payment_failed: { status: 402, type: "billing_error", retry: false },
  spend_cap_reached: { status: 402, type: "billing_error", retry: false },
  insufficient_scope: { status: 403, type: "permission_error", retry: false },
  insufficient_role: { status: 403, type: "permission_error", retry: false },
  // The organization's plan does not have the feature
  plan_required: { status: 403, type: "permission_error", retry: false },
  suspended: { status: 403, type: "permission_error", retry: false },
  step_up_required: { status: 403, type: "permission_error", retry: false },
  company_sign_in_required: { status: 403, type: "permission_error", retry: false },
  second_factor_enrollment_required: { status: 403, type: "permission_error", retry: false },
  email_not_verified: { status: 403, type: "permission_error", retry: false },
  ip_not_allowed: { status: 403, type: "permission_error", retry: false },
  // The organization's prompts may only go to places that this model's provider has none of
  region_not_allowed: { status: 403, type: "permission_error", retry: false },
  // The organization is in HIPAA mode, and the provider has signed no business associate agreement
  provider_not_covered: { status: 403, type: "permission_error", retry: false },
  model_not_allowed: { status: 403, type: "permission_error", retry: false },
  // The organization's own key at a provider
  provider_key_refused: { status: 403, type: "permission_error", retry: false },
  // 404–422: the resource, or its state
  not_found: { status: 404, type: "not_found_error", retry: false },
  unknown_route: { status: 404, type: "not_found_error", retry: false },
  model_not_found: { status: 404, type: "not_found_error", retry: false },
  method_not_allowed: { status: 405, type: "invalid_request_error", retry: false },
  email_taken: { status: 409, type: "conflict_error", retry: false },
  conflict: { status: 409, type: "conflict_error", retry: false },
  idempotency_in_flight: { status: 409, type: "conflict_error", retry: true },
  request_not_cancellable: { status: 409, type: "conflict_error", retry: false },
  payload_too_large: { status: 413, type: "invalid_request_error", retry: false },
  unsupported_media_type: { status: 415, type: "invalid_request_error", retry: false },
  // The credential is of another cell, which the message names
  wrong_region: { status: 421, type: "invalid_request_error", retry: false },
  idempotency_mismatch: { status: 422, type: "invalid_request_error", retry: false },
  // 429: a limit is reached
  rate_limit_exceeded: { status: 429, type: "rate_limit_error", retry: true },
  too_many_attempts: { status: 429, type: "rate_limit_error", retry: true },
  provider_key_limited: { status: 429, type: "rate_limit_error", retry: true },
  quota_exceeded: { status: 429, type: "insufficient_quota", retry: false },
  // 5xx: our fault, or a service behind us
  internal_error: { status: 500, type: "api_error", retry: true },
  provider_error: { status: 502, type: "api_error", retry: true },
  provider_rejected: { status: 502, type: "api_error", retry: false },
  // Stripe is slow, down or busy; everything but billing works.
  billing_unavailable: { status: 503, type: "api_error", retry: true },
  service_unavailable: { status: 503, type: "api_error", retry: true },
  // An operator has switched the model off: no retry helps.
  model_unavailable: { status: 503, type: "api_error", retry: false },
  provider_unavailable: { status: 503, type: "api_error", retry: true },
  provider_timeout: { status: 504, type: "api_error", retry: true },
} as const satisfies Record<string, { status: number; type: string; retry: boolean }>;

export type ErrorCode = keyof typeof errorTable;

export interface AppErrorOptions {
  /** Shown to the customer: plain and exact, never a stack trace, SQL or a provider's secret. */
  public: string;
  /** For our logs only. May name internals, never content, keys or personal data. */
  internal?: string | undefined;
  /** The field that is wrong, as the customer wrote it: `messages[0].content`. */
  param?: string | undefined;
  retryAfterSeconds?: number | undefined;
  /** The scope that an OAuth token lacked, so that its client can ask for one with it (RFC 6750 §3.1). */
  neededScope?: string | undefined;
  cause?: unknown;
}

/** Of every copy of this module: Next bundles its own, and what both share (a pool, a bucket, a queue) throws that of whoever opened it. */
const ours = Symbol.for("agathaai.AppError");

/** What domain code throws. Any other error is a defect and becomes `internal_error`. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly public: string;
  readonly internal: string | undefined;
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly neededScope: string | undefined;

  constructor(
    readonly code: ErrorCode,
    options: AppErrorOptions,
  ) {
    super(`${code}: ${options.internal ?? options.public}`, { cause: options.cause });
    this.public = options.public;
    this.internal = options.internal;
    this.param = options.param;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.neededScope = options.neededScope;
  }

  get [ours](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a class that extends this one inherits the method, and knows its own alone.
    if (this !== AppError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && ours in value;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get type(): string {
    return errorTable[this.code].type;
  }
}

export interface ErrorEnvelope {
  error: { message: string; type: string; param: string | null; code: string; request_id: string };
}

/** OpenAI's error shape, the only one customers ever see. */
export function toErrorEnvelope(error: AppError, requestId: string): ErrorEnvelope {
  return {
    error: {
      message: error.public,
      type: error.type,
      param: error.param ?? null,
      code: error.code,
      request_id: requestId,
    },
  };
}
