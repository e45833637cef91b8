import type { Provider } from "../../../shared/providers";
import type { Model } from "../../models";
import type { Environment, Principal } from "../../platform";
import type { LedgerAmounts } from "../../quota";

/** A call whose caller waits for the answer. */
export interface CallToAdmit {
  /** A UUIDv7: the id of its ledger row, whose time it carries. */
  id: string;
  principal: Principal;
  environment: Environment;
  /** As customers know it: `/v1/chat/completions`. */
  endpoint: string;
  /** The model asked for; its provider and upstream model are tried first. */
  model: Pick<Model, "id" | "provider" | "upstreamModel" | "priceVersion">;
  /** The most it can use, in tokens and micro-dollars. */
  tokens: number;
  costMicros: bigint;
  /**
   * Of a call whose answer is kept: the process that began to keep it, and took its Idempotency-Key. It opens under no other:
   * once that process counts as dead, the key may be another caller's.
   */
  keptBy?: string | undefined;
  /** It has been counted as a request (`countFirst`), and is not counted again. */
  requests?: Allowance["requests"] | undefined;
}

/** The caller and amounts that a block of budget is requested for. */
export type CallToReserve = Pick<CallToAdmit, "id" | "principal" | "tokens" | "costMicros">;

/** The reservation of a queued request in a block of this process. Exactly one of its ends is called. */
export interface QueuedHold {
  leaseId: string;
  /** The lease it was taken from. */
  processId: string;
  /** It was accepted, and the same commit moved the reservation to it. */
  accepted(): void;
  /** It was not accepted, and never will be. */
  unused(): void;
  /** Nobody knows whether it was. */
  unknown(): void;
}

export interface LimitAllowance {
  limit: number;
  remaining: number;
  resetAt: Date;
}

/** How a caller's limits stand with this call counted. */
export interface Allowance {
  /** Of the limits on requests the one with the least left. */
  requests: LimitAllowance & { scope: "key" | "plan" };
  /** Tokens of the period; null where they are unlimited or not known. */
  tokens: LimitAllowance | null;
}

export interface CallEnd {
  status: "completed" | "failed" | "cancelled";
  /** The usage delivered; without it nothing is billed and the whole reservation is released. Ignored for a failed call. */
  amounts?: LedgerAmounts | undefined;
  /** The amounts are our own count, because the provider's never came. */
  estimated?: boolean | undefined;
  /** Served with the organization's own key at the provider: `amounts` are then what we charge for it. */
  ownKey?: boolean | undefined;
  /** Served from the response cache, with an answer of this age. */
  cacheAgeSeconds?: number | undefined;
  /** The provider and model that served it, where they differ from those requested. */
  provider?: Provider | undefined;
  upstreamModel?: string | undefined;
  firstByteMs?: number | undefined;
  finishReason?: string | undefined;
  /** For the receipt: JSON without content. */
  attempts?: readonly unknown[] | undefined;
}

export interface Settlement {
  billedMicros: bigint;
}

/** An admitted call with its reservation. Its holder must settle it, however it ends. */
export interface AdmittedCall {
  id: string;
  allowance: Allowance;
  /**
   * Reserved in a block that this process holds (or without a limit): the provider may be called while `opened` is under way. Otherwise
   * it was reserved in the counters, and `opened` has resolved already.
   */
  leased: boolean;
  /** Resolves when its row is committed: the first byte to the caller waits for it. Rejects with an AppError when that is impossible; nothing is billed then. */
  opened: Promise<void>;
  /**
   * Ends it: one ledger row, and the reservation replaced by what was delivered. Resolves with the commit, for which the last byte to the
   * caller waits. While PostgreSQL is away it waits in memory and is tried again. One that may have been committed unheard is taken for
   * committed after that time, and goes on. Called twice it settles once.
   * @throws AppError `service_unavailable` when it could not be stored in time, or when the call was closed because this process had been cut off.
   */
  settle(end: CallEnd): Promise<Settlement>;
}
