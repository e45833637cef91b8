import type { IncomingMessage } from "node:http";

export type Latency = {
  /** Milliseconds before the first byte. */
  baseMs: number;
  /** Milliseconds a token of output. */
  perTokenMs: number;
};

/** One provider's protocol: how to read a call, answer it, and refuse it in that provider's words. */
export type Protocol = {
  /** Requests that cost no tokens (lists of models, unknown paths); undefined when the request is a completion. */
  other(request: SimulatedRequest): Answer | undefined;
  /** Undefined when the credentials will do. */
  authenticate(request: SimulatedRequest): Answer | undefined;
  prompt(request: SimulatedRequest): { text: string; model: string };
  complete(request: SimulatedRequest, outcome: Outcome): Completion;
  refuse(status: number, retryAfterSeconds: number | undefined): Answer;
};

export type Outcome = "answer" | "filter" | "filter-prompt" | "no-usage";

export type SimulatedRequest = {
  method: string;
  url: URL;
  headers: IncomingMessage["headers"];
  /** The parsed body, or undefined when it was empty or no JSON. */
  body: unknown;
};
export type Answer = { status: number; headers?: Record<string, string>; body: unknown };

/** A completion, either whole or in the chunks of a stream; `tokens` is what the latency counts. */
export type Completion =
  | { kind: "refused"; answer: Answer }
  | { kind: "whole"; body: unknown; tokens: number; headers?: Record<string, string> }
  | {
      kind: "stream";
      contentType: string;
      chunks: string[];
      /** What the protocol sends in a stream that fails on the server. */
      error: string;
      tokens: number;
      headers?: Record<string, string>;
    };
