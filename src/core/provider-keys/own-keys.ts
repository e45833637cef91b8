import { isProvider, type Provider } from "../../shared/providers";
import { orgSubject } from "../orgs";
import { type Db, MINUTE, SECOND } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import { pulse } from "../platform/db/pulse";
import { FreshCache } from "../platform/fresh-cache";
import { decryptTexts, type FieldRef } from "../privacy";

/** An organization's own keys at one provider, in the order of use. */
export interface OwnKeys {
  keys: readonly [OwnKey, ...OwnKey[]];
  /** Our key may be used when all of these are refused, unpaid or limited. True only if every one of them allows it. */
  thenOurs: boolean;
}

export interface OwnKey {
  apiKey: string;
  lastFour: string;
}

export type OwnKeysByProvider = Partial<Record<Provider, OwnKeys>>;

/** A changed or deleted key is no longer used anywhere after this time; in the process that changed it, at once. */
const MAX_AGE_MS = 5 * SECOND;
const MAX_STALE_MS = MINUTE;

export const providerKeyField = (id: string): FieldRef => ({
  table: "provider_keys",
  column: "key_cipher",
  rowId: id,
});

const cache = singleton(
  "own provider keys",
  () =>
    new FreshCache<OwnKeysByProvider>({
      maxAgeMs: MAX_AGE_MS,
      maxStaleMs: MAX_STALE_MS,
      maxEntries: 2_000,
    }),
);

/** To be called after any change of an organization's provider keys; without one, of all organizations'. */
export function forgetOwnKeys(orgId?: string): void {
  cache().dropWhere((key) => orgId === undefined || key === orgId);
}

/**
 * The keys that calls of this organization use before ours, decrypted: hand them to a provider alone.
 * @throws AppError `service_unavailable`, within 200 ms where PostgreSQL hangs.
 */
export function readOwnKeys(db: Db, orgId: string): Promise<OwnKeysByProvider> {
  return cache().get(orgId, () => pulse().watch(read(db, orgId)));
}

async function read(db: Db, orgId: string): Promise<OwnKeysByProvider> {
  const rows = await db.providerKey.findMany({
    where: { orgId },
    orderBy: [{ position: "asc" }, { id: "asc" }],
    select: { id: true, provider: true, fallback: true, lastFour: true, keyCipher: true },
  });
  if (rows.length === 0) return {};
  const texts = await decryptTexts(
    db,
    rows.map(({ id, keyCipher }) => ({
      subject: orgSubject(orgId),
      field: providerKeyField(id),
      blob: keyCipher,
    })),
  );
  const byProvider: OwnKeysByProvider = {};
  for (const [index, { provider, fallback, lastFour }] of rows.entries()) {
    const apiKey = texts[index];
    if (apiKey === undefined || !isProvider(provider)) continue;
    const before = byProvider[provider];
    const own = { apiKey, lastFour };
    byProvider[provider] =
      before === undefined
        ? { keys: [own], thenOurs: fallback }
        : { keys: [...before.keys, own], thenOurs: before.thenOurs && fallback };
  }
  return byProvider;
}
