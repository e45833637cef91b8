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
  /** The model asked for; its provider and upstream model are what is tried first. */
  model: Pick<Model, "id" | "provider" | "upstreamModel" | "priceVersion">;
  /** What it may take at the most: tokens, and micro-dollars. */
  tokens: number;
  costMicros: bigint;
  /**
   * Of a call whose answer is kept: the process that began to keep it, and took its Idempotency-Key. It opens under no other:
   * once that process counts as dead, the key may be another caller's.
   */
  keptBy?: string | undefined;
}

/** What a block of budget is asked for. */
export type CallToReserve = Pick<CallToAdmit, "id" | "principal" | "tokens" | "costMicros">;

/** What a request that will wait in the queue has reserved in a block of this process. Exactly one of its ends is called. */
export interface QueuedHold {
  leaseId: string;
  /** Whose lease it is. */
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
  /** What was delivered; without it nothing is billed and the whole reservation goes back. Of a failed call it does not count. */
  amounts?: LedgerAmounts | undefined;
  /** The amounts are our own count, because the provider's never came. */
  estimated?: boolean | undefined;
  /** Served with the organization's own key at the provider: `amounts` are then what we charge for it. */
  ownKey?: boolean | undefined;
  /** Served from the response cache, with an answer of this age. */
  cacheAgeSeconds?: number | undefined;
  /** What served it, where that is not what was asked for. */
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

/** A call that may go, with what it has reserved. Whoever holds it settles it, however it ends. */
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
   * caller waits. While PostgreSQL is away it waits in memory and is tried again. Called twice it settles once.
   * @throws AppError `service_unavailable` when it could not be stored in time, or when the call was closed because this process had been cut off.
   */
  settle(end: CallEnd): Promise<Settlement>;
}
