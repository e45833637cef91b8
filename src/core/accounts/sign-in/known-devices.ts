import { type Clock, DAY } from "../../platform";
import { keyedHash } from "../../platform/crypto/keyed-hash";
import { fingerprint, type KeyedTx } from "../../privacy";
import type { CallerContext } from "../schemas";
import { describeDevice } from "../sessions/describe-device";
import { userSubject } from "../users/user-fields";
import { ipBlock } from "./ip-fingerprint";

/** A device that was not seen for this long is new again. */
const REMEMBERED_MS = 90 * DAY;
/** A device is not trusted before this time after its first sign-in, since an attacker can sign in twice as well. */
const PROBATION_MS = DAY;

interface Seen extends CallerContext {
  userId: string;
}

/**
 * A known device is an IP block (one IPv4 address or an IPv6 /64) with a device name ("Firefox on Windows") from which the
 * user registered, proved their email address, was notified of a new key, or first signed in at least a day ago, and which
 * was seen within the last 90 days. Every other device is new.
 */
export async function recordSignInDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<void> {
  const now = clock.now();
  await record(tx, seen, { now, familiarAt: new Date(now.getTime() + PROBATION_MS) });
}

/** The device of a registration, or of a proof of the email address, is trusted at once. */
export async function recordOwnDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<void> {
  const now = clock.now();
  await record(tx, seen, { now, familiarAt: now });
}

/** Whether this device is new, so that the user must be notified. Of concurrent calls one gets true; later ones get false. */
export async function claimNewDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<boolean> {
  const now = clock.now();
  const { device, former } = await fingerprintsOf(tx, seen);
  const claimed = await tx.$queryRaw<{ is_new: boolean }[]>`
    WITH earlier AS (
      SELECT familiar_at FROM known_devices
      WHERE user_id = ${seen.userId}::uuid AND device = ${former} AND familiar_at <= ${now}::timestamptz
        AND last_seen_at >= ${forgottenBy(now)}::timestamptz
    )
    INSERT INTO known_devices AS known (user_id, device, familiar_at, last_seen_at)
    SELECT ${seen.userId}::uuid, ${device}, coalesce((SELECT familiar_at FROM earlier), ${now}::timestamptz),
      ${now}::timestamptz
    ON CONFLICT (user_id, device) DO UPDATE SET familiar_at = excluded.familiar_at, last_seen_at = excluded.last_seen_at
    WHERE known.familiar_at > excluded.familiar_at OR known.last_seen_at < ${forgottenBy(now)}::timestamptz
    RETURNING NOT EXISTS (SELECT FROM earlier) AS is_new`;
  return claimed.some(({ is_new }) => is_new);
}

/**
 * Whether nobody has signed in to the account from here in ninety days: neither with this browser's cookie, on whatever
 * network, nor from this network with a device of this name. One sign-in is enough to be seen; to be known takes a day.
 */
export async function isUnseenDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<boolean> {
  const { device, former } = await fingerprintsOf(tx, seen);
  const browser = await browserOf(tx, seen);
  const count = await tx.knownDevice.count({
    where: {
      userId: seen.userId,
      device: { in: [device, former, ...browser] },
      lastSeenAt: { gte: forgottenBy(clock.now()) },
    },
  });
  return count === 0;
}

/** Whether the device is known. Records nothing. */
export async function isKnownDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<boolean> {
  const now = clock.now();
  const { device, former } = await fingerprintsOf(tx, seen);
  const familiar = await tx.knownDevice.count({
    where: {
      userId: seen.userId,
      device: { in: [device, former] },
      familiarAt: { lte: now },
      lastSeenAt: { gte: forgottenBy(now) },
    },
  });
  return familiar > 0;
}

async function record(
  tx: KeyedTx,
  seen: Seen,
  { now, familiarAt }: { now: Date; familiarAt: Date },
): Promise<void> {
  const { device, former } = await fingerprintsOf(tx, seen);
  for (const browser of await browserOf(tx, seen)) {
    await tx.knownDevice.upsert({
      where: { userId_device: { userId: seen.userId, device: browser } },
      create: { userId: seen.userId, device: browser, familiarAt, lastSeenAt: now },
      update: { lastSeenAt: now },
    });
  }
  await tx.$executeRaw`
    INSERT INTO known_devices AS known (user_id, device, familiar_at, last_seen_at)
    SELECT ${seen.userId}::uuid, ${device}, least(${familiarAt}::timestamptz, (
      SELECT familiar_at FROM known_devices
      WHERE user_id = ${seen.userId}::uuid AND device = ${former} AND last_seen_at >= ${forgottenBy(now)}::timestamptz
    )), ${now}::timestamptz
    ON CONFLICT (user_id, device) DO UPDATE SET last_seen_at = excluded.last_seen_at,
      familiar_at = CASE WHEN known.last_seen_at < ${forgottenBy(now)}::timestamptz THEN excluded.familiar_at
        ELSE least(known.familiar_at, excluded.familiar_at) END`;
}

/** The fingerprint of the browser's cookie, where it sent one. */
async function browserOf(tx: KeyedTx, { userId, browser }: Seen): Promise<Uint8Array<ArrayBuffer>[]> {
  return browser === undefined ? [] : [await fingerprint(tx, userSubject(userId), "browser", browser)];
}

function forgottenBy(now: Date): Date {
  return new Date(now.getTime() - REMEMBERED_MS);
}

/**
 * The device's fingerprint under the user's data key: it does not show which users share an address, and after an erasure
 * nobody can test a guess. `former` is the form of rows from before that key, which last ninety days.
 */
async function fingerprintsOf(tx: KeyedTx, { userId, ip, userAgent }: Seen) {
  const block = ip === null ? "none" : ipBlock(ip);
  const name = describeDevice(userAgent ?? null);
  return {
    device: await fingerprint(tx, userSubject(userId), "place", JSON.stringify([block, name])),
    former: keyedHash(`place:${userId}:${block}:${name}`),
  };
}
