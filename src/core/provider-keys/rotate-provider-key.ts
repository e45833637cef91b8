import { actorOf, recordAuditIn } from "../audit";
import { orgSubject } from "../orgs";
import { type Clock, type Db, systemClock, type UserPrincipal } from "../platform";
import { encryptText } from "../privacy";
import { providerKeyField } from "./own-keys";
import {
  assertManager,
  auditOfProviderKey,
  changeProviderKeys,
  providerKeyColumns,
  readProviderKey,
  viewProviderKey,
} from "./provider-key-rows";
import type { ProviderKeyView, RotateProviderKeyInput } from "./schemas";
import { assertKeyWorks, type TestProviderKey } from "./test-key";

/**
 * Replaces the secret, after the provider has accepted the new one; its position and fallback do not change. If the
 * provider refuses the new one, the old one stays in use.
 * @throws AppError `insufficient_role`, `not_found`, `provider_unavailable`; `invalid_request`, param `api_key`.
 */
export async function rotateProviderKey(
  db: Db,
  {
    principal,
    input,
    test,
  }: { principal: UserPrincipal; input: RotateProviderKeyInput; test: TestProviderKey },
  clock: Clock = systemClock,
): Promise<ProviderKeyView> {
  const { orgId } = principal;
  const { id, api_key: apiKey } = input;
  assertManager(principal.role);
  const { provider } = viewProviderKey(await readProviderKey(db, { orgId, id }));
  await assertKeyWorks(test, { provider, apiKey, bounds: principal });
  return await changeProviderKeys(db, principal, async (tx) => {
    await readProviderKey(tx, { orgId, id });
    const row = await tx.providerKey.update({
      where: { id, orgId },
      data: {
        keyCipher: await encryptText(tx, orgSubject(orgId), providerKeyField(id), apiKey),
        lastFour: apiKey.slice(-4),
        rotatedAt: clock.now(),
      },
      select: providerKeyColumns,
    });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "provider_key.rotated",
      ...auditOfProviderKey(row),
    });
    return viewProviderKey(row);
  });
}
