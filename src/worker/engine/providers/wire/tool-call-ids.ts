import { createHash, randomBytes } from "node:crypto";

/**
 * Ids of tool calls, which every client gives back untouched. So they carry what a provider wants back with a call and
 * Chat Completions has no field for: the thoughts that led to it, signed (Gemini) or encrypted (OpenAI) (ADR 0028).
 */
export interface UnpackedId {
  /** The id that the provider gave, or, where it gave none, ours. */
  id: string;
  /** Base64, as it came. */
  signature: string | undefined;
}

/** Characters that every client and provider allows in an id. */
const SEPARATOR = "_ts1";
const PACKED = /^(.+?)_ts1([0-9a-f]{8})_([A-Za-z0-9_-]+)$/;
/** What an id may have (`callIdSchema`); a longer signature is dropped rather than the completion. */
const LONGEST = 65_536;

/** @param reader who alone can read it again, as an upstream model its own signatures. */
export function packCallId(
  reader: string,
  { id, signature }: { id: string | undefined; signature: string | undefined },
): string {
  const plain = id !== undefined && !id.includes(SEPARATOR) ? id : newCallId();
  if (signature === undefined) return plain;
  const packed = `${plain}${SEPARATOR}${tagOf(reader)}_${Buffer.from(signature, "base64").toString("base64url")}`;
  return packed.length <= LONGEST ? packed : plain;
}

export function unpackCallId(reader: string, callId: string): UnpackedId {
  const [, id, tag, signature] = PACKED.exec(callId) ?? [];
  if (id === undefined || signature === undefined) return { id: callId, signature: undefined };
  if (tag !== tagOf(reader)) return { id, signature: undefined };
  return { id, signature: Buffer.from(signature, "base64url").toString("base64") };
}

function tagOf(reader: string): string {
  return createHash("sha256").update(reader).digest("hex").slice(0, 8);
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
