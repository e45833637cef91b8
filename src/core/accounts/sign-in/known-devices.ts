import { type Clock, DAY } from "../../platform/clock";
import { blindIndex } from "../../platform/crypto/blind-index";
import { fingerprint, type KeyedTx } from "../../privacy";
import type { CallerContext } from "../schemas";
import { describeDevice } from "../sessions/describe-device";
import { userSubject } from "../users/user-fields";
import { ipBlock } from "./ip-fingerprint";

/** A place not seen for so long is new again. */
const REMEMBERED_MS = 90 * DAY;
/** So long after its first sign-in a place is not yet trusted: whoever took an account over signs in twice as well. */
const SETTLING_MS = DAY;

interface Seen extends CallerContext {
  userId: string;
}

/**
 * A place is an address block (one IPv4 address, an IPv6 /64) together with a device ("Firefox on Windows"). It is
 * familiar to a person who registered there, who signed in from it for the first time at least a day ago, or who was
 * told of a key made from it, or who proved the address there, and in each case was seen there within the last 90 days. All else is new.
 */
export async function recordSignInDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<void> {
  const now = clock.now();
  await note(tx, seen, { now, familiarAt: new Date(now.getTime() + SETTLING_MS) });
}

/** Where an account was made is its owner's own place: there is no earlier one to tell it from. */
export async function recordOwnDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<void> {
  const now = clock.now();
  await note(tx, seen, { now, familiarAt: now });
}

/**
 * Whether this place is new, and has to be told of; from then on it is not. Of any number at once, one is told that it
 * is.
 */
export async function claimNewDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<boolean> {
  const now = clock.now();
  const { place, former } = await placesOf(tx, seen);
  const claimed = await tx.$queryRaw<{ is_new: boolean }[]>`
    WITH earlier AS (
      SELECT familiar_at FROM known_places
      WHERE user_id = ${seen.userId}::uuid AND place = ${former} AND familiar_at <= ${now}::timestamptz
        AND last_seen_at >= ${forgottenBy(now)}::timestamptz
    )
    INSERT INTO known_places AS known (user_id, place, familiar_at, last_seen_at)
    SELECT ${seen.userId}::uuid, ${place}, coalesce((SELECT familiar_at FROM earlier), ${now}::timestamptz),
      ${now}::timestamptz
    ON CONFLICT (user_id, place) DO UPDATE SET familiar_at = excluded.familiar_at, last_seen_at = excluded.last_seen_at
    WHERE known.familiar_at > excluded.familiar_at OR known.last_seen_at < ${forgottenBy(now)}::timestamptz
    RETURNING NOT EXISTS (SELECT FROM earlier) AS is_new`;
  return claimed.some(({ is_new }) => is_new);
}

/** Whether the person is used to be seen there. Says nothing to anybody and remembers nothing. */
export async function isKnownDevice(tx: KeyedTx, seen: Seen, clock: Clock): Promise<boolean> {
  const now = clock.now();
  const { place, former } = await placesOf(tx, seen);
  const familiar = await tx.knownDevice.count({
    where: {
      userId: seen.userId,
      place: { in: [place, former] },
      familiarAt: { lte: now },
      lastSeenAt: { gte: forgottenBy(now) },
    },
  });
  return familiar > 0;
}

async function note(
  tx: KeyedTx,
  seen: Seen,
  { now, familiarAt }: { now: Date; familiarAt: Date },
): Promise<void> {
  const { place, former } = await placesOf(tx, seen);
  await tx.$executeRaw`
    INSERT INTO known_places AS known (user_id, place, familiar_at, last_seen_at)
    SELECT ${seen.userId}::uuid, ${place}, least(${familiarAt}::timestamptz, (
      SELECT familiar_at FROM known_places
      WHERE user_id = ${seen.userId}::uuid AND place = ${former} AND last_seen_at >= ${forgottenBy(now)}::timestamptz
    )), ${now}::timestamptz
    ON CONFLICT (user_id, place) DO UPDATE SET last_seen_at = excluded.last_seen_at,
      familiar_at = CASE WHEN known.last_seen_at < ${forgottenBy(now)}::timestamptz THEN excluded.familiar_at
        ELSE least(known.familiar_at, excluded.familiar_at) END`;
}

function forgottenBy(now: Date): Date {
  return new Date(now.getTime() - REMEMBERED_MS);
}

/**
 * Under the person's own key: the table tells nobody who shares an address with whom, and after an erasure nobody can
 * tell where they were. `former` is what the last ninety days' rows from before that hold.
 */
async function placesOf(tx: KeyedTx, { userId, ip, userAgent }: Seen) {
  const block = ip === null ? "none" : ipBlock(ip);
  const device = describeDevice(userAgent ?? null);
  return {
    place: await fingerprint(tx, userSubject(userId), "place", JSON.stringify([block, device])),
    former: blindIndex(`place:${userId}:${block}:${device}`),
  };
}
