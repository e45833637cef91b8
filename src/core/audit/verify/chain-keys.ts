import { DAY } from "../../platform";
import { derivationKeys, type Secrets } from "../../platform/crypto/keyed-hash";
import type { HeadsDocument } from "../heads/heads-document";
import { chainKeyOf } from "../record/chain-hash";
import type { ChainKey } from "./chain-walk";

/** Processes with the earlier key may go on for so long after the first heads that a later one signed. */
const CHANGED_WITHIN_MS = DAY;

/**
 * The keys of a chain's rows: the one of now, and those of before, each for the rows that it can have hashed. Whoever has got hold of an
 * earlier key can hash new rows under it for ever; so one counts only for rows that were among the heads, off the database, by the time
 * that it was replaced. Until heads are signed under the key of now, or without heads, that is not known.
 */
export function chainKeys(chain: string, documents: readonly HeadsDocument[], secrets?: Secrets): ChainKey[] {
  return derivationKeys(secrets).map((secret, index) => ({
    key: chainKeyOf(secret),
    ...(index > 0 && { upTo: lastUnder(index, chain, documents) }),
  }));
}

function lastUnder(index: number, chain: string, documents: readonly HeadsDocument[]): bigint | undefined {
  const later = documents.filter(({ signedBy = 0 }) => signedBy < index).map(({ at }) => at.getTime());
  if (later.length === 0) return undefined;
  const until = Math.min(...later) + CHANGED_WITHIN_MS;
  let last = 0n;
  for (const { at, heads } of documents) {
    if (at.getTime() > until) continue;
    for (const head of heads) if (head.chain === chain && head.sequence > last) last = head.sequence;
  }
  return last;
}
