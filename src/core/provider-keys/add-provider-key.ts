import { actorOf, recordAuditIn } from "../audit";
import { orgSubject } from "../orgs";
import { AppError, type Clock, type Db, newId, systemClock, type UserPrincipal } from "../platform";
import { encryptText } from "../privacy";
import { providerKeyField } from "./own-keys";
import {
  assertManager,
  auditOfProviderKey,
  changeProviderKeys,
  providerKeyColumns,
  viewProviderKey,
} from "./provider-key-rows";
import { type AddProviderKeyInput, MAX_KEYS, type ProviderKeyView } from "./schemas";
import { assertKeyWorks, type TestProviderKey } from "./test-key";

/**
 * Stores an organization's own key at a provider, after the provider has accepted it, as the last of its keys there.
 * @throws AppError `insufficient_role`; `invalid_request`, param `api_key`, where the provider refuses it;
 *   `provider_unavailable`; `conflict` at ten keys.
 */
export async function addProviderKey(
  db: Db,
  { principal, input, test }: { principal: UserPrincipal; input: AddProviderKeyInput; test: TestProviderKey },
  clock: Clock = systemClock,
): Promise<ProviderKeyView> {
  const { orgId, userId } = principal;
  const { provider, api_key: apiKey, fallback } = input;
  assertManager(principal.role);
  await assertKeyWorks(test, { provider, apiKey, bounds: principal });
  return await changeProviderKeys(db, principal, async (tx) => {
    const existing = await tx.providerKey.count({ where: { orgId, provider } });
    if (existing >= MAX_KEYS) {
      throw new AppError("conflict", {
        public: `Your organization has ${MAX_KEYS} keys at this provider, the most it can have. Delete one first.`,
      });
    }
    const now = clock.now();
    const id = newId(now);
    const row = await tx.providerKey.create({
      data: {
        id,
        orgId,
        provider,
        fallback,
        position: existing + 1,
        keyCipher: await encryptText(tx, orgSubject(orgId), providerKeyField(id), apiKey),
        lastFour: apiKey.slice(-4),
        createdBy: userId,
        createdAt: now,
      },
      select: providerKeyColumns,
    });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "provider_key.added",
      ...auditOfProviderKey(row),
    });
    return viewProviderKey(row);
  });
}
