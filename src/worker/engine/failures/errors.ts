import type { ErrorCode } from "@agathaai/core/platform";
import type { Provider } from "../../../shared/providers";
import { isCustomerField } from "./customer-field";

/** Who can answer a request: a real provider, or for test keys the simulator. */
export type ProviderName = Provider | "simulator";

export type FailureKind =
  | "rate_limited"
  | "overloaded"
  | "server"
  | "timeout"
  | "connection"
  | "invalid_response"
  | "rejected"
  | "content_filtered"
  | "auth"
  | "aborted";

export interface FailureDetails {
  provider: ProviderName;
  /** What the provider asked us to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Overrides the kind's own rule, for the few statuses that differ from their kind. */
  retryable?: boolean;
  /** The most attempts, the first included: for responses that are paid for, however bad. */
  attempts?: number;
  publicCode?: ErrorCode;
  publicMessage?: string;
  /** The customer's field that is wrong, by the customer's name for it. */
  publicParam?: string | undefined;
  /** For logs: an HTTP status, a provider's machine-readable code. Never content, keys or raw bodies. */
  detail?: string | undefined;
  cause?: unknown;
}

interface FailureRule {
  retryable: boolean;
  code: ErrorCode;
  message: string;
}

/** What each kind means to the retry policy and to the customer. A provider's own words never reach either. */
const rules: Record<FailureKind, FailureRule> = {
  rate_limited: {
    retryable: true,
    code: "provider_unavailable",
    message: "The model’s provider is limiting our requests right now. Send the request again.",
  },
  overloaded: {
    retryable: true,
    code: "provider_unavailable",
    message: "The model’s provider is overloaded right now. Send the request again.",
  },
  server: {
    retryable: true,
    code: "provider_error",
    message: "The model’s provider failed. Send the request again.",
  },
  timeout: {
    retryable: true,
    code: "provider_timeout",
    message: "The model did not answer in time. A smaller max_tokens, or a faster model, usually helps.",
  },
  connection: {
    retryable: true,
    code: "provider_unavailable",
    message: "The model’s provider could not be reached. Send the request again.",
  },
  invalid_response: {
    retryable: true,
    code: "provider_error",
    message: "The model’s provider sent a response that we could not read. Send the request again.",
  },
  rejected: {
    retryable: false,
    code: "provider_rejected",
    message:
      "The model’s provider did not accept this request. Check its parameters against the model’s page.",
  },
  content_filtered: {
    retryable: false,
    code: "content_filtered",
    message: "The model’s provider refused this prompt under its content policy.",
  },
  auth: {
    retryable: false,
    code: "provider_unavailable",
    message: "This model is temporarily unavailable. We have been notified.",
  },
  aborted: {
    retryable: true,
    code: "provider_unavailable",
    message: "The call was stopped before the model answered.",
  },
};

/** Everything that can go wrong between us and a provider, in the one shape the retry policy and customers see. */
export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
  readonly provider: ProviderName;
  readonly retryable: boolean;
  readonly attempts: number;
  readonly retryAfterMs: number | undefined;
  readonly publicCode: ErrorCode;
  readonly publicMessage: string;
  /** Only a field that customers know; any other name is dropped. */
  readonly publicParam: string | undefined;

  constructor(
    readonly kind: FailureKind,
    details: FailureDetails,
  ) {
    const rule = rules[kind];
    super(`${details.provider}: ${kind}${details.detail ? ` (${details.detail})` : ""}`, {
      cause: details.cause,
    });
    this.provider = details.provider;
    this.retryable = details.retryable ?? rule.retryable;
    this.attempts = details.attempts ?? Number.POSITIVE_INFINITY;
    this.retryAfterMs = details.retryAfterMs;
    this.publicCode = details.publicCode ?? rule.code;
    this.publicMessage = details.publicMessage ?? rule.message;
    const { publicParam } = details;
    // The name of an unknown field has been looked at where it was read.
    const isTheirs =
      publicParam !== undefined && (this.publicCode === "unknown_parameter" || isCustomerField(publicParam));
    this.publicParam = isTheirs ? publicParam : undefined;
  }
}
