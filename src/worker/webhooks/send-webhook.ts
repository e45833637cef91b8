import { toPublicId } from "@agathaai/core/platform";
import { assertPublicTarget, PrivateTargetError } from "@agathaai/core/platform/network/public-connections";
import type { Attempt, ClaimedDelivery } from "@agathaai/core/webhooks";
import { Webhook } from "standardwebhooks";
import type { Agent } from "undici";
import { request } from "undici";

/** The limit from connecting to the end of the response. */
const TIMEOUT_MS = 15_000;
/** Read of a response; the rest is cut off with the connection. */
const MOST_BYTES = 64 * 1024;

type Sendable = Pick<ClaimedDelivery, "url" | "eventId" | "body" | "secrets">;

/**
 * Sends one event, signed after Standard Webhooks, and returns the outcome; it never throws. A redirect counts as a
 * failure and is not followed, because it could lead inside the network.
 */
export async function sendWebhook(
  delivery: Sendable,
  {
    connections,
    allowPrivate = false,
    timeoutMs = TIMEOUT_MS,
    stop,
  }: {
    connections: Agent;
    allowPrivate?: boolean;
    timeoutMs?: number;
    stop?: AbortSignal;
  },
): Promise<Attempt> {
  const at = new Date();
  const began = performance.now();
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
  const ended = (outcome: Pick<Attempt, "status" | "error" | "response">): Attempt => ({
    at,
    durationMs: performance.now() - began,
    ...outcome,
  });
  let status: number | null = null;
  try {
    const url = new URL(delivery.url);
    if (!allowPrivate) assertPublicTarget(url);
    const reply = await request(url, {
      method: "POST",
      dispatcher: connections,
      headers: headersOf(delivery, at),
      body: delivery.body,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    status = reply.statusCode;
    const response = await readBeginning(reply.body);
    return ended({ status, error: status >= 200 && status < 300 ? null : refusalOf(status), response });
  } catch (error) {
    return ended({ status, error: reasonOf(error, timeout.aborted), response: null });
  }
}

/** https://www.standardwebhooks.com: `webhook-id`, `webhook-timestamp`, `webhook-signature`, one signature a secret. */
function headersOf({ eventId, body, secrets }: Sendable, at: Date): Record<string, string> {
  const id = toPublicId("evt", eventId);
  return {
    "content-type": "application/json",
    "user-agent": "AgathaAI-Webhooks/1.0",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
}

/** At most `MOST_BYTES`, as text. A longer response is no failure. */
async function readBeginning(body: AsyncIterable<Uint8Array> & { destroy(): unknown }): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MOST_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_BYTES).toString("utf8");
}

function refusalOf(status: number): string {
  if (status >= 300 && status < 400) return `responded ${status}: redirects are not followed`;
  return `responded ${status}`;
}

/** An error message for the customer, without internal addresses. */
function reasonOf(error: unknown, timedOut: boolean): string {
  if (timedOut) return "no response within 15 seconds";
  if (!(error instanceof Error)) return "could not be reached";
  if (isPrivate(error)) return "leads to a private address";
  const code: unknown = Reflect.get(error, "code") ?? Reflect.get(Object(error.cause), "code");
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ENODATA":
      return "its name could not be resolved";
    case "ECONNREFUSED":
      return "refused the connection";
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return "could not be connected to in time";
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return "closed the connection";
    default:
      return isCertificate(code) ? "its TLS certificate is not valid" : "could not be reached";
  }
}

function isPrivate(error: Error): boolean {
  return error instanceof PrivateTargetError || error.cause instanceof PrivateTargetError;
}

function isCertificate(code: unknown): boolean {
  return typeof code === "string" && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code);
}
