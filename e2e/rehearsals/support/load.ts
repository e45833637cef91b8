import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fromPublicId } from "@agathaai/core/platform";
import { z } from "zod";
import type { Customer } from "../../faults/support/open-customer";
import { type SeenStream, streamOne } from "../../faults/support/stream-many";
import { type Accepted, MAX_TOKENS, MODEL } from "../../faults/support/submit-many";

/** One try of a call: a status, or what the caller had in its place (`cut`, `told`, `unanswered`, `hung`). */
export interface Attempt {
  /** `performance.now()` when it began. */
  at: number;
  status: string;
  ms: number;
  retryAfter: string | null;
  servedBy: string | null;
}

/** What one caller wanted, and every try until it had it or gave up. */
export interface Call {
  kind: "chat" | "queue";
  attempts: Attempt[];
  answered: boolean;
}

/** Two customers, so that the books of streams and those of queued requests can be counted apart. */
export interface Customers {
  chat: Customer;
  queue: Customer;
}

export interface Load {
  calls: readonly Call[];
  /** Every stream of the chat customer, for its books. */
  streams: readonly SeenStream[];
  /** Every request that was accepted, with its prompt. */
  accepted: Accepted;
  /** One more call now, its first try at this address; resolves when it was answered or given up. */
  chat(prompt: string, firstAt?: string): Promise<Call>;
  /** Begins no more, and waits until every caller has its answer or gave up. */
  stop(): Promise<void>;
}

interface LoadOptions {
  perSecond: number;
  /** How long one caller tries again. */
  patienceMs: number;
}

/** Callers of so many seconds at a time. With more of them a busy machine is kept down by their repetitions alone. */
const SECONDS_UNDER_WAY = 5;
const TIMEOUT_MS = 30_000;
const AGAIN_AFTER_MS = 500;
const LONGEST_PAUSE_MS = 4_000;
const acceptedView = z.object({ id: z.string() });

/** Of three calls two are streamed completions and one is for the queue. Whoever gets an error tries again with growing pauses, as a client library does. */
export function startLoad(url: string, customers: Customers, options: LoadOptions): Load {
  const calls: Call[] = [];
  const streams: SeenStream[] = [];
  const accepted: Accepted = new Map();
  const underWay = new Set<Promise<unknown>>();
  let stopped = false;

  const until = async (kind: Call["kind"], attempt: () => Promise<Attempt>): Promise<Call> => {
    const call: Call = { kind, attempts: [], answered: false };
    calls.push(call);
    for (const deadline = performance.now() + options.patienceMs; ; ) {
      const made = await attempt();
      call.attempts.push(made);
      call.answered = made.status === "200" || made.status === "202";
      if (call.answered || performance.now() > deadline) return call;
      const pause = Math.min(AGAIN_AFTER_MS * 2 ** (call.attempts.length - 1), LONGEST_PAUSE_MS);
      await sleep(pause * (0.5 + Math.random()));
    }
  };
  const chat = (prompt: string, firstAt = url) => {
    let address = firstAt;
    return until("chat", async () => {
      const at = performance.now();
      const seen = await streamOne(address, customers.chat.key, prompt).catch(() => undefined);
      address = url;
      if (seen === undefined)
        return { at, status: "hung", ms: performance.now() - at, retryAfter: null, servedBy: null };
      streams.push(seen);
      const { ended, status, ms, retryAfter, servedBy } = seen;
      const whole = ended === "whole" || ended === "refused";
      return { at, status: whole ? String(status) : ended, ms, retryAfter, servedBy };
    });
  };
  const queue = (prompt: string) => {
    const idempotencyKey = randomUUID();
    return until("queue", () => submit(url, customers.queue.key, { prompt, idempotencyKey, accepted }));
  };

  const pace = async () => {
    const began = performance.now();
    for (let n = 0; !stopped; n += 1) {
      const wait = began + (n * 1_000) / options.perSecond - performance.now();
      if (wait > 0) await sleep(wait);
      if (underWay.size > SECONDS_UNDER_WAY * options.perSecond) continue;
      const call = n % 3 === 2 ? queue(`Task ${n}`) : chat(`Question ${n}`);
      underWay.add(call);
      void call.finally(() => underWay.delete(call));
    }
  };
  const pacing = pace();
  return {
    calls,
    streams,
    accepted,
    chat,
    stop: async () => {
      stopped = true;
      await pacing;
      await Promise.all(underWay);
    },
  };
}

async function submit(
  url: string,
  key: string,
  { prompt, idempotencyKey, accepted }: { prompt: string; idempotencyKey: string; accepted: Accepted },
): Promise<Attempt> {
  const at = performance.now();
  let answer: Response | undefined;
  let status = "unanswered";
  try {
    answer = await fetch(`${url}/api/v1/inference`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${key}`,
        "idempotency-key": idempotencyKey,
      },
      body: JSON.stringify({ model: MODEL, max_tokens: MAX_TOKENS, prompt }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await answer.json();
    status = String(answer.status);
    if (answer.status === 202) accepted.set(fromPublicId("inf", acceptedView.parse(body).id), prompt);
  } catch (error) {
    if (error instanceof DOMException) status = "hung";
    else if (answer !== undefined) status = "cut";
  }
  return {
    at,
    status,
    ms: performance.now() - at,
    retryAfter: answer?.headers.get("retry-after") ?? null,
    servedBy: answer?.headers.get("x-served-by") ?? null,
  };
}

export const attemptsOf = (calls: readonly Call[]): Attempt[] => calls.flatMap(({ attempts }) => attempts);

/** How often each status came, as one cell of a table: "200 ×310, 503 ×12". */
export function statusesOf(attempts: readonly Attempt[]): string {
  const by = new Map<string, number>();
  for (const { status } of attempts) by.set(status, (by.get(status) ?? 0) + 1);
  return [...by]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([status, count]) => `${status} ×${count}`)
    .join(", ");
}

export function p95Of(attempts: readonly Attempt[]): number {
  const sorted = attempts.map(({ ms }) => ms).sort((one, other) => one - other);
  return Math.round(sorted[Math.floor(0.95 * sorted.length)] ?? 0);
}
