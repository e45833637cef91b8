import { DAY } from "../../platform";
import type { Secrets } from "../../platform/crypto/keyed-hash";
import { createSigner } from "../../platform/crypto/signer";
import type { Storage } from "../../platform/storage";
import { beforeDay, type HeadsDocument, headsPrefix, parseHeads } from "./heads-document";

const READS_AT_ONCE = 16;

export interface WrittenHeads {
  /** Oldest first. */
  documents: HeadsDocument[];
  /** Keys of objects that we did not sign, or that were changed. */
  foreign: string[];
}

/** Every heads document. */
export async function readAllHeads(
  storage: Pick<Storage, "list" | "get">,
  secret?: Secrets,
): Promise<WrittenHeads> {
  return readDocuments(storage, await storage.list(headsPrefix), secret);
}

/**
 * The newest full document and those after it, which together hold the last known head of every chain. A full one is
 * written every day; without a recent one all documents are read.
 */
export async function readNewestHeads(
  storage: Pick<Storage, "list" | "get">,
  now: Date,
): Promise<WrittenHeads> {
  const recent = await readDocuments(
    storage,
    await storage.list(headsPrefix, { after: beforeDay(new Date(now.getTime() - 2 * DAY)) }),
  );
  const all = recent.documents.some(({ full }) => full) ? recent : await readAllHeads(storage);
  const newest = all.documents.findLastIndex(({ full }) => full);
  return { ...all, documents: all.documents.slice(Math.max(newest, 0)) };
}

async function readDocuments(
  storage: Pick<Storage, "get">,
  keys: readonly string[],
  secret?: Secrets,
): Promise<WrittenHeads> {
  const signer = createSigner("audit-heads", secret);
  const result: WrittenHeads = { documents: [], foreign: [] };
  for (let at = 0; at < keys.length; at += READS_AT_ONCE) {
    const page = keys.slice(at, at + READS_AT_ONCE);
    const objects = await Promise.all(page.map((key) => storage.get(key)));
    for (const [index, key] of page.entries()) {
      const object = objects[index];
      const document = object && parseHeads(new TextDecoder().decode(object.body), signer);
      if (document === undefined) result.foreign.push(key);
      else result.documents.push(document);
    }
  }
  return result;
}
