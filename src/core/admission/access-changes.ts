import { forgetPrincipals, forgetPrincipalsIn } from "../accounts";
import { forgetKey, forgetKeysCreatedBy, forgetKeysOf } from "../keys";
import { forgetGrantsWhere } from "../oauth";
import { forgetOwnKeys } from "../provider-keys";

/** Where the database's triggers tell of changed keys, plans and organizations. */
export const ACCESS_CHANNEL = "agatha_access";

/**
 * Drops the cached access of one key, of one person with the keys they created, or of all keys of an organization; the next call reads it again.
 * @returns the organization: its budgets were sized by the changed limits.
 */
export function forgetAccess(payload: string): string | undefined {
  const [kind, id = "", orgId] = payload.split(" ");
  if (kind === "user") {
    forgetPrincipals(id);
    forgetKeysCreatedBy(id);
    forgetGrantsWhere(({ userId }) => userId === id);
  }
  if (kind === "key") forgetKey(Buffer.from(id, "hex"));
  else if (kind === "org") {
    forgetKeysOf(id);
    forgetOwnKeys(id);
    forgetPrincipalsIn(id);
    forgetGrantsWhere(({ orgId: of }) => of === id);
  }
  return kind === "org" ? id : orgId;
}

export function forgetAllAccess(): void {
  forgetKeysOf(undefined);
  forgetOwnKeys();
  forgetPrincipalsIn(undefined);
  forgetGrantsWhere(() => true);
}
