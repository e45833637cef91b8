import { z } from "zod";
import type { Db } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import { keyedHashes } from "../../platform/crypto/keyed-hash";
import { decryptTexts, encryptText, fingerprints } from "../../privacy";
import { metadataField } from "../request-row";

const TOKEN_BYTES = 16;

/**
 * Blind-index tokens of a request's metadata: a keyed hash of each entry under the organization's own key. Equal
 * entries of two customers have different tokens, and once the key is destroyed nobody can test a guess (ADR 10).
 */
export async function metadataIndex(
  db: Db,
  orgId: string,
  metadata: Record<string, string>,
): Promise<Bytes[]> {
  const texts = Object.entries(metadata).map((entry) => JSON.stringify(entry));
  const tokens = await fingerprints(db, { type: "org", id: orgId }, "metadata", texts);
  return tokens.map((token) => token.slice(0, TOKEN_BYTES));
}

/** Tokens of older rows, under the product's key; searched until those rows have expired. */
function formerIndex(orgId: string, metadata: Record<string, string>): Bytes[][] {
  return Object.entries(metadata).map(([name, value]) =>
    keyedHashes(JSON.stringify(["metadata", orgId, name, value])).map((hash) => hash.slice(0, TOKEN_BYTES)),
  );
}

/** For each entry searched for, the tokens a matching row may have. */
export async function indexTokensToFind(
  db: Db,
  orgId: string,
  metadata: Record<string, string>,
): Promise<Bytes[][]> {
  const former = formerIndex(orgId, metadata);
  const tokens = await metadataIndex(db, orgId, metadata);
  return tokens.map((token, position) => [token, ...(former[position] ?? [])]);
}

export interface EncryptedMetadata {
  cipher: Bytes;
  index: Bytes[];
}

/** The two metadata columns of a request; undefined, and free of cost, without metadata. */
export async function encryptMetadata(
  db: Db,
  {
    orgId,
    requestId,
    metadata = {},
  }: { orgId: string; requestId: string; metadata?: Record<string, string> | undefined },
): Promise<EncryptedMetadata | undefined> {
  if (Object.keys(metadata).length === 0) return undefined;
  const subject = { type: "org", id: orgId } as const;
  return {
    cipher: await encryptText(db, subject, metadataField(requestId), JSON.stringify(metadata)),
    index: await metadataIndex(db, orgId, metadata),
  };
}

const metadataSchema = z.record(z.string(), z.string());
export type Metadata = z.output<typeof metadataSchema>;

/** The metadata of one request; without any, no key is loaded. */
export async function decryptMetadataOf(
  db: Db,
  { orgId, requestId }: { orgId: string; requestId: string },
  cipher: Uint8Array | null,
): Promise<Metadata> {
  return (await decryptMetadata(db, orgId, [{ requestId, cipher }])).get(requestId) ?? {};
}

/** The metadata of many requests of one organization, by request. */
export async function decryptMetadata(
  db: Db,
  orgId: string,
  encrypted: readonly { requestId: string; cipher: Uint8Array | null }[],
): Promise<Map<string, Metadata>> {
  const present = encrypted.flatMap(({ requestId, cipher }) =>
    cipher === null ? [] : [{ requestId, cipher }],
  );
  if (present.length === 0) return new Map();
  const texts = await decryptTexts(
    db,
    present.map(({ requestId, cipher }) => ({
      subject: { type: "org", id: orgId },
      field: metadataField(requestId),
      blob: cipher,
    })),
  );
  return new Map(
    present.map(({ requestId }, index) => [
      requestId,
      metadataSchema.parse(JSON.parse(texts[index] ?? "{}")),
    ]),
  );
}
