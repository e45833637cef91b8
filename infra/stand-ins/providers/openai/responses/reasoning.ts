import { createHash } from "node:crypto";
import { isObject } from "../../rules";

/** Who thought it: a model, called with a key. */
export interface Thinker {
  model: string;
  authorization: string | undefined;
}

const MARK = "gAAAAAB";

/** Reasoning as OpenAI gives it back to those who keep nothing with it: unreadable, and bound to model and account. */
export function encryptReasoning({ model, authorization }: Thinker, nonce: string): string {
  const sealed = JSON.stringify({ model, account: accountOf(authorization), nonce });
  return MARK + Buffer.from(sealed).toString("base64url");
}

export function canDecrypt({ model, authorization }: Thinker, encrypted: unknown): boolean {
  if (typeof encrypted !== "string" || !encrypted.startsWith(MARK)) return false;
  try {
    const sealed: unknown = JSON.parse(Buffer.from(encrypted.slice(MARK.length), "base64url").toString());
    return isObject(sealed) && sealed.model === model && sealed.account === accountOf(authorization);
  } catch {
    return false;
  }
}

const accountOf = (authorization = "") =>
  createHash("sha256").update(authorization).digest("hex").slice(0, 12);
