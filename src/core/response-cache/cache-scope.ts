import type { Region } from "../../shared/places";
import { orgSubject } from "../orgs";
import type { Db, Environment } from "../platform";
import { canonicalJson } from "../platform/canonical-json";
import { sha256 } from "../platform/crypto/hash";
import { type FieldRef, fingerprint } from "../privacy";

/**
 * For whom and for which request an answer can be used again. Every function of the cache takes the whole scope, so
 * that none guesses a part of it.
 */
export interface CacheScope {
  orgId: string;
  environment: Environment;
  /** As customers know it: `/v1/chat/completions`. */
  endpoint: string;
  /** The model asked for, and the upstream model that stands behind it today. */
  model: string;
  upstreamModel: string;
  /** An answer that was made outside of the region is not used again inside of it. */
  region?: Region;
  /** Everything in the request that decides the answer. */
  body: unknown;
}

/** Where an answer is stored. */
export interface CacheEntry {
  orgId: string;
  /** 32 bytes that nobody can make or confirm without the organization's data key. */
  name: Uint8Array<ArrayBuffer>;
}

/** `purges`: how often the organization has emptied its cache. @throws AppError as `fingerprint`. */
export async function entryOf(db: Db, scope: CacheScope, purges: number): Promise<CacheEntry> {
  const { orgId } = scope;
  // The body can be megabytes, which a fingerprint would keep in memory.
  const digest = Buffer.from(sha256(canonicalJson(scope))).toString("hex");
  const name = await fingerprint(db, orgSubject(orgId), "response_cache", `${purges} ${digest}`);
  return { orgId, name };
}

/** Authenticated with the ciphertext: an answer that was copied under another name does not decrypt. */
export function answerField({ orgId, name }: CacheEntry): FieldRef {
  return {
    table: "cached_answers",
    column: "answer_cipher",
    rowId: `${orgId}:${Buffer.from(name).toString("hex")}`,
  };
}
