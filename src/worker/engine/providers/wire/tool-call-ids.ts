import { createHash, randomBytes } from "node:crypto";

/**
 * Ids of tool calls, which every client gives back untouched. So they carry what Gemini wants back with a call and
 * OpenAI's protocol has no field for: the signature of the thoughts that led to it (ADR 0028).
 */
export interface GeminiCall {
  /** The id that Gemini gave, or, where it gave none, ours. */
  id: string;
  /** Base64, as it came. */
  signature: string | undefined;
}

/** Characters that every client and provider allows in an id. */
const SEPARATOR = "_ts1";
const PACKED = /^(.+?)_ts1([0-9a-f]{8})_([A-Za-z0-9_-]+)$/;
/** What an id may have (`callIdSchema`); a longer signature is dropped rather than the completion. */
const LONGEST = 65_536;

/** @param model the upstream model: only it can read its own signatures. */
export function packCallId(
  model: string,
  { id, signature }: { id: string | undefined; signature: string | undefined },
): string {
  const plain = id !== undefined && !id.includes(SEPARATOR) ? id : newCallId();
  if (signature === undefined) return plain;
  const packed = `${plain}${SEPARATOR}${tagOf(model)}_${Buffer.from(signature, "base64").toString("base64url")}`;
  return packed.length <= LONGEST ? packed : plain;
}

export function unpackCallId(model: string, callId: string): GeminiCall {
  const [, id, tag, signature] = PACKED.exec(callId) ?? [];
  if (id === undefined || signature === undefined) return { id: callId, signature: undefined };
  if (tag !== tagOf(model)) return { id, signature: undefined };
  return { id, signature: Buffer.from(signature, "base64url").toString("base64") };
}

function tagOf(model: string): string {
  return createHash("sha256").update(model).digest("hex").slice(0, 8);
}

export function newCallId(): string {
  return `call_${randomBytes(12).toString("hex")}`;
}

/** OpenAI refuses longer ones. */
const LONGEST_CHAT_ID = 40;

/** The same id, or a short one that stands for it: always the same, so that a call and its result still match. */
export function chatCallId(callId: string): string {
  if (callId.length <= LONGEST_CHAT_ID && /^[\x21-\x7e]+$/.test(callId)) return callId;
  return `call_${createHash("sha256").update(callId).digest("base64url").slice(0, 32)}`;
}
