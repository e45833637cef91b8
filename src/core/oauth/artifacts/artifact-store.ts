import { type Clock, type Db, SECOND, systemClock } from "../../platform";
import { decryptField, encryptField } from "../../platform/crypto/field";
import { type Bytes, constantTimeEqual } from "../../platform/crypto/hash";
import { keyedHash, keyedHashes } from "../../platform/crypto/keyed-hash";
import { Prisma } from "../../platform/db/client";
import type { ExpiredRows } from "../../platform/db/rows/expire-rows";

/** What the protocol keeps between its steps. */
export type ArtifactKind = "AuthorizationCode" | "DeviceCode" | "Interaction" | "RefreshToken" | "UserCode";

export interface Artifact {
  /** What the protocol library stored, with the moment it was consumed. */
  payload: Record<string, unknown>;
  consumedAt: Date | null;
}

/**
 * A row is found by a keyed fingerprint of the secret that the caller holds, and its payload is encrypted under a key made of
 * the same secret. Whoever has the database, or the database and its backups, can neither use nor read a code or token; whoever
 * has our key too still needs the secret.
 */
function fingerprintOf(kind: ArtifactKind, secret: string): Bytes {
  return keyedHash(`oauth-artifact:id:${kind}:${secret}`);
}

function keyOf(kind: ArtifactKind, secret: string): Bytes {
  return keyedHash(`oauth-artifact:key:${kind}:${secret}`);
}

/** What it was found and encrypted by when it was saved: with our key of now, or one of before. */
function madeWith(kind: ArtifactKind, secret: string): { id: Bytes; key: Bytes }[] {
  const keys = keyedHashes(`oauth-artifact:key:${kind}:${secret}`);
  return keyedHashes(`oauth-artifact:id:${kind}:${secret}`).flatMap((id, index) => {
    const key = keys[index];
    return key === undefined ? [] : [{ id, key }];
  });
}

const idsOf = (kind: ArtifactKind, secret: string) => madeWith(kind, secret).map(({ id }) => id);

const field = (kind: ArtifactKind, id: Bytes) =>
  `oauth_artifacts.payload_cipher:${kind}:${Buffer.from(id).toString("hex")}`;

export async function saveArtifact(
  db: Db,
  {
    kind,
    secret,
    payload,
    grantId,
    seconds,
  }: {
    kind: ArtifactKind;
    secret: string;
    payload: Record<string, unknown>;
    grantId: string | null;
    seconds: number;
  },
  clock: Clock = systemClock,
): Promise<void> {
  const id = fingerprintOf(kind, secret);
  const payloadCipher = encryptField(keyOf(kind, secret), JSON.stringify(payload), field(kind, id));
  const expiresAt = new Date(clock.now().getTime() + seconds * SECOND);
  await db.oauthArtifact.upsert({
    where: { id },
    create: { id, kind, payloadCipher, grantId, expiresAt },
    // A device code has no grant until the person agrees.
    update: { payloadCipher, grantId, expiresAt },
  });
}

export async function findArtifact(
  db: Db,
  { kind, secret }: { kind: ArtifactKind; secret: string },
  clock: Clock = systemClock,
): Promise<Artifact | undefined> {
  const made = madeWith(kind, secret);
  const row = await db.oauthArtifact.findFirst({
    where: { id: { in: made.map(({ id }) => id) }, kind, expiresAt: { gt: clock.now() } },
    select: { id: true, payloadCipher: true, consumedAt: true },
  });
  const by = row && made.find(({ id }) => constantTimeEqual(id, row.id));
  if (!by) return undefined;
  const payload: unknown = JSON.parse(decryptField(by.key, row.payloadCipher, field(kind, by.id)));
  if (typeof payload !== "object" || payload === null) return undefined;
  return { payload: { ...payload }, consumedAt: row.consumedAt };
}

/**
 * Marks a code or refresh token as used. Of several at the same time one wins; for the others, as for every later use, the
 * grant ends and with it all of its tokens: one of the users is not the app (RFC 9700 §4.13, §4.14).
 * @returns whether this use was the first.
 */
export async function consumeArtifact(
  db: Db,
  { kind, secret }: { kind: ArtifactKind; secret: string },
  clock: Clock = systemClock,
): Promise<boolean> {
  const { count } = await db.oauthArtifact.updateMany({
    where: { id: { in: idsOf(kind, secret) }, kind, consumedAt: null },
    data: { consumedAt: clock.now() },
  });
  return count > 0;
}

export async function deleteArtifact(
  db: Db,
  { kind, secret }: { kind: ArtifactKind; secret: string },
): Promise<void> {
  await db.oauthArtifact.deleteMany({ where: { id: { in: idsOf(kind, secret) }, kind } });
}

/** Expired grants take their artifacts along. */
export const expiredOauthRows: ExpiredRows = {
  oauth_artifacts: Prisma.sql`expires_at < now() - interval '1 day'`,
  oauth_grants: Prisma.sql`expires_at < now() - interval '1 day'`,
};
