import { z } from "zod";
import { sha256 } from "../../platform/crypto/hash";
import type { Signer } from "../../platform/crypto/signer";

/** The end of a chain at one moment. */
export interface ChainHead {
  chain: string;
  sequence: bigint;
  /** Hexadecimal. */
  hash: string;
}

/** Heads that were written off the database together. */
export interface HeadsDocument {
  at: Date;
  /** Whether it holds every chain, or only those that moved since the previous document. */
  full: boolean;
  heads: readonly ChainHead[];
  /** By which key it was signed (`Signer.signedBy`); 0 where nothing says otherwise. */
  signedBy?: number;
}

const PREFIX = "audit/heads/";

/** One folder a day. The order of keys is the order of time. */
export function headsKey(at: Date): string {
  const [day = "", time = ""] = at.toISOString().split("T");
  return `${PREFIX}${day}/${time.replaceAll(":", "-")}.json`;
}

/** The time in a key; undefined for a foreign key. */
export function timeOfKey(key: string): Date | undefined {
  const [, day, hours, minutes, seconds] =
    /^audit\/heads\/(\d{4}-\d{2}-\d{2})\/(\d{2})-(\d{2})-(\d{2}\.\d{3}Z)\.json$/.exec(key) ?? [];
  if (day === undefined) return undefined;
  return new Date(`${day}T${hours}:${minutes}:${seconds}`);
}

export const headsPrefix = PREFIX;

/** Sorts before every key of that day. */
export function beforeDay(at: Date): string {
  return `${PREFIX}${at.toISOString().slice(0, 10)}`;
}

const documentSchema = z.object({
  form: z.literal("agathaai-audit-heads-1"),
  at: z.iso.datetime(),
  full: z.boolean(),
  /** Chain, sequence, hash. */
  heads: z.array(z.tuple([z.string(), z.string().regex(/^\d+$/), z.string().regex(/^[0-9a-f]*$/)])),
  signature: z.string(),
});

export function renderHeads({ at, full, heads }: HeadsDocument, signer: Signer): string {
  const signed = {
    form: "agathaai-audit-heads-1",
    at: at.toISOString(),
    full,
    heads: heads.map(({ chain, sequence, hash }) => [chain, sequence.toString(), hash]),
  };
  return JSON.stringify({ ...signed, signature: toBase64(signer.sign(textOf(signed))) });
}

/** Undefined for a document that we did not sign, or that was changed. */
export function parseHeads(text: string, signer: Signer): HeadsDocument | undefined {
  const parsed = documentSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { signature, ...signed } = parsed.data;
  const signedBy = signer.signedBy(textOf(signed), Buffer.from(signature, "base64"));
  if (signedBy === undefined) return undefined;
  return {
    at: new Date(signed.at),
    full: signed.full,
    ...(signedBy > 0 && { signedBy }),
    heads: signed.heads.map(([chain, sequence, hash]) => ({ chain, sequence: BigInt(sequence), hash })),
  };
}

/** The signed text: form, time, and the hash of the heads, so that its length does not grow with them. */
function textOf({
  form,
  at,
  full,
  heads,
}: {
  form: string;
  at: string;
  full: boolean;
  heads: unknown;
}): string {
  return JSON.stringify([form, at, full, toBase64(sha256(JSON.stringify(heads)))]);
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
