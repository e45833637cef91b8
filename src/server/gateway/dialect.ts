import type { IncomingHttpHeaders } from "node:http";
import type { AdmittedCall } from "@agathaai/core/admission";
import type { ChatRequest } from "@agathaai/core/inference";
import type { AskedPrice } from "@agathaai/core/models";
import type { Environment, Principal } from "@agathaai/core/platform";
import type { Target } from "@agathaai/worker/engine/live/generation";
import type { LiveEngine } from "@agathaai/worker/engine/live/live-engine";
import type { MaxCost } from "./call-headers";
import type { Exchange } from "./exchange";
import type { Recording } from "./generations/recording";
import type { OpenCalls } from "./open-calls";

/** A checked call and the most it can take. */
export interface PreparedCall {
  /** The models that may answer, in their order; at least the one asked for. */
  targets: [Target, ...Target[]];
  environment: Environment;
  /** The fields of the request that decide its price. */
  asked: AskedPrice;
  /** Held until the call ends: the most that any of the targets can take. */
  tokens: number;
  costMicros: bigint;
  /** Judged once it is known who answers. */
  maxCost?: MaxCost | undefined;
  /** Our fee for a call that the organization's own keys answer, in percent of the list price. */
  ownKeyFeePercent?: number;
  /** Whether request and answer are stored in the history. */
  toStore?: ToStore | undefined;
  /** The answer comes as server-sent events; with the usage in one of its own. */
  stream?: boolean;
  includeUsage?: boolean;
  /** The expected input tokens. They are billed where the provider gave no count. */
  guessedInputTokens: number;
}

export interface ToStore {
  input: ChatRequest;
  metadata: Record<string, string>;
  maxOutputTokens: number;
}

export interface Caller {
  principal: Principal;
  headers: IncomingHttpHeaders;
  at: Date;
}

/** An admitted call on its way to its answer. */
export interface AdmittedParts {
  exchange: Exchange;
  admitted: AdmittedCall;
  open: OpenCalls;
  engine: LiveEngine;
  recording: Recording | undefined;
  /** The call's public id. */
  id: string;
}

export interface CheckedCall {
  prepared: PreparedCall;
  /** Resolves when the answer is out, or nobody wants it any more, and the call is settled. */
  answer(parts: AdmittedParts): Promise<void>;
}

/**
 * One kind of call: what its body may say, and how it is answered. It makes every check that needs no database, so that
 * nothing has been spent when it refuses.
 *
 * @throws AppError that names the field.
 */
export type Dialect = (body: unknown, caller: Caller) => CheckedCall;
