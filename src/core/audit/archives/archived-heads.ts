import type { Db } from "../../platform";
import { constantTimeEqual } from "../../platform/crypto/hash";
import { createSigner } from "../../platform/crypto/signer";
import type { ChainHead } from "../heads/heads-document";
import { isOurs, type Manifest, manifestColumns } from "./objects/manifest";

/**
 * Of heads whose rows are not in the database: the chains whose row is in an object. Its hash can be compared only where it is the object's
 * last row, which that of a quiet chain is; `audit:verify` reads the others.
 */
export async function archivedHeads(db: Db, heads: readonly ChainHead[]): Promise<Set<string>> {
  if (heads.length === 0) return new Set();
  const known = new Map(heads.map((head) => [head.chain, head]));
  const json = heads.map(({ chain, sequence }) => ({ chain, sequence: sequence.toString() }));
  const manifests = await db.$queryRaw<Manifest[]>`
    SELECT DISTINCT ON (a.chain_id) ${manifestColumns}
    FROM json_to_recordset(${JSON.stringify(json)}::json) AS k(chain text, sequence bigint)
    JOIN audit_archives a ON a.chain_id = k.chain AND a.source = 'audit_logs' AND k.sequence BETWEEN a.first_sequence AND a.last_sequence
    JOIN audit_moved_weeks w ON w.partition = a.partition
    ORDER BY a.chain_id, a.last_sequence = k.sequence DESC`;
  const signer = createSigner("audit-archive");
  const archived = new Set<string>();
  for (const manifest of manifests) {
    const head = known.get(manifest.chainId);
    if (head === undefined || !isOurs(manifest, signer)) continue;
    const isLast = head.sequence === manifest.lastSequence;
    if (!isLast || constantTimeEqual(manifest.lastHash, Buffer.from(head.hash, "hex")))
      archived.add(manifest.chainId);
  }
  return archived;
}
