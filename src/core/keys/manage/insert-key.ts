import { sha256 } from "../../platform/crypto/hash";
import type { Tx } from "../../platform/db/client";
import { newId } from "../../platform/ids";
import type { Environment, Scope } from "../../platform/principal";
import type { CreatedKeyView } from "../schemas";
import { generateKeySecret, shownParts } from "../verify/key-secret";
import { keyColumns } from "../views/to-key-view";
import { viewKey } from "../views/view-keys";

export interface KeyToInsert {
  orgId: string;
  createdBy: string;
  name: string;
  environment: Environment;
  scopes: Scope[];
  models: string[];
  ipAllowlist: string[];
  rpmLimit: number | null;
  expiresAt: Date | null;
  predecessorId: string | null;
  /** Where a rotated key goes on spending; a new one has a counter of its own. */
  spendId: string | null;
  monthlyCapMicros: bigint | null;
}

/** Stores a new key by the hash of its secret and gives the secret out, for the only time. */
export async function insertKey(tx: Tx, key: KeyToInsert, now: Date): Promise<CreatedKeyView> {
  const secret = generateKeySecret(key.environment);
  const id = newId(now);
  const row = await tx.apiKey.create({
    data: {
      ...key,
      id,
      spendId: key.spendId ?? id,
      secretHash: sha256(secret),
      ...shownParts(secret),
      createdAt: now,
    },
    select: keyColumns,
  });
  return { ...(await viewKey(tx, { orgId: key.orgId, row, now })), secret };
}
