import { createHash } from "node:crypto";
import { isObject } from "../../rules";

/** Who thought it: a model, called with a key. */
export interface Thinker {
  model: string;
  authorization: string | undefined;
}

const PREFIX = "gAAAAAB";

/** Reasoning as OpenAI gives it back to those who keep nothing with it: unreadable, and bound to model and account. */
export function encryptReasoning({ model, authorization }: Thinker, nonce: string): string {
  const payload = JSON.stringify({ model, account: accountOf(authorization), nonce });
  return PREFIX + Buffer.from(payload).toString("base64url");
}

export function canDecrypt({ model, authorization }: Thinker, encrypted: unknown): boolean {
  if (typeof encrypted !== "string" || !encrypted.startsWith(PREFIX)) return false;
  try {
    const payload: unknown = JSON.parse(Buffer.from(encrypted.slice(PREFIX.length), "base64url").toString());
    return isObject(payload) && payload.model === model && payload.account === accountOf(authorization);
  } catch {
    return false;
  }
}

const accountOf = (authorization = "") =>
  createHash("sha256").update(authorization).digest("hex").slice(0, 12);
