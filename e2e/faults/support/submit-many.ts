import { setTimeout as sleep } from "node:timers/promises";
import { fromPublicId } from "@agathaai/core/platform";
import { z } from "zod";
import type { Customer } from "./open-customer";

/** Accepted requests: the id in the database → the prompt. Only what answered 2xx is a promise. */
export type Accepted = Map<string, string>;

export interface Submission {
  /** How many have to be accepted. */
  count: number;
  prompt: (n: number) => string;
  /** Calls at the same time. */
  parallel?: number;
  /** Milliseconds between two calls of one caller of `parallel`, to spread the load over time. */
  pauseMs?: number;
  /** Ends the submitting early. */
  signal?: AbortSignal;
}

export const MODEL = "gpt-4o";
export const MAX_TOKENS = 24;

const acceptedView = z.object({ id: z.string() });

/** A server that is down refuses at once; the caller waits a little, as a real one would. */
const AFTER_REFUSAL_MS = 250;

/** Submits over the API until so many are accepted. A call that is refused or breaks is no promise, and only counted. */
export async function submitMany(
  url: string,
  { key }: Customer,
  { count, prompt, parallel = 16, pauseMs = 0, signal }: Submission,
): Promise<{ accepted: Accepted; refused: number }> {
  const accepted: Accepted = new Map();
  let refused = 0;
  let next = 0;
  const caller = async () => {
    for (let n = next++; n < count && !signal?.aborted; n = next++) {
      const text = prompt(n);
      for (let id: string | undefined; id === undefined && !signal?.aborted; ) {
        id = await submit(url, key, text);
        if (id !== undefined) accepted.set(id, text);
        else {
          refused += 1;
          await sleep(AFTER_REFUSAL_MS);
        }
      }
      if (pauseMs > 0) await sleep(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: parallel }, caller));
  return { accepted, refused };
}

async function submit(url: string, key: string, prompt: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/api/v1/inference`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: MODEL, max_tokens: MAX_TOKENS, prompt }),
      signal: AbortSignal.timeout(20_000),
    });
    const body: unknown = await response.json();
    return response.status === 202 ? fromPublicId("inf", acceptedView.parse(body).id) : undefined;
  } catch {
    return undefined;
  }
}
