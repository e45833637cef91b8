import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import { packCallId, unpackCallId } from "../wire/tool-call-ids";

/** Whose reasoning it is: encrypted by one account for one model, no other can read it. */
export interface ReasoningOwner {
  upstreamModel: string;
  apiKey: string;
}

/** An id comes from outside: what it unpacks to has an end. */
const MOST_BYTES = 1024 * 1024;
const carriedSchema = z.array(z.string().min(1)).min(1);

/** The id of a call with the encrypted reasoning that led to it. */
export function idWithReasoning(owner: ReasoningOwner, id: string, encrypted: readonly string[]): string {
  const signature = encrypted.length === 0 ? undefined : deflateRawSync(JSON.stringify(encrypted));
  return packCallId(readerOf(owner), { id, signature: signature?.toString("base64") });
}

/** The id that the provider gave, and the reasoning it carried; none where another account or model encrypted it. */
export function readIdWithReasoning(
  owner: ReasoningOwner,
  callId: string,
): { id: string; encrypted: string[] } {
  const { id, signature } = unpackCallId(readerOf(owner), callId);
  return { id, encrypted: signature === undefined ? [] : unpack(signature) };
}

function unpack(signature: string): string[] {
  try {
    const json = inflateRawSync(Buffer.from(signature, "base64"), { maxOutputLength: MOST_BYTES });
    return carriedSchema.parse(JSON.parse(json.toString()));
  } catch {
    // An id that somebody changed. The call itself is still known.
    return [];
  }
}

function readerOf({ upstreamModel, apiKey }: ReasoningOwner): string {
  return `${upstreamModel} ${apiKey}`;
}
