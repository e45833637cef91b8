import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";
import { readPage } from "../../platform/list";
import { decryptTexts } from "../../privacy";
import type { ListSessionsInput, SessionListView } from "../schemas";
import { sessionIpField, userSubject } from "../users/user-fields";
import { describeDevice } from "./describe-device";
import { endOfLife, lifeOf } from "./session-life";

interface Asked {
  userId: string;
  sessionId: string;
  operator: boolean;
  input: ListSessionsInput;
}

/**
 * Where this person is signed in, the newest sign-in first. The network address of each is theirs to see, and nobody
 * else's: not even an owner of the organization lists them.
 * @throws AppError `invalid_cursor`.
 */
export async function listSessions(
  db: Db,
  { userId, sessionId, operator, input }: Asked,
  clock: Clock = systemClock,
): Promise<SessionListView> {
  const now = clock.now();
  const youngest = { createdAt: { gt: new Date(now.getTime() - lifeOf({ operator })) } };
  const place = { list: "sessions", owner: userId };
  const { rows, next_cursor } = await readPage(place, input, ({ where, order, take }) =>
    db.session.findMany({
      where: { userId, revokedAt: null, expiresAt: { gt: now }, AND: [youngest, where] },
      orderBy: { id: order },
      take,
      select: { id: true, kind: true, userAgent: true, ipCipher: true, createdAt: true, lastSeenAt: true },
    }),
  );
  const addresses = await openAddresses(db, userId, rows);
  return {
    data: rows.map((row) => ({
      id: toPublicId("ses", row.id),
      kind: row.kind,
      device: describeDevice(row.userAgent),
      ip: addresses.get(row.id) ?? null,
      current: row.id === sessionId,
      created_at: row.createdAt.toISOString(),
      last_seen_at: row.lastSeenAt.toISOString(),
      ends_at: endOfLife({ ...row, operator }).toISOString(),
    })),
    next_cursor,
  };
}

async function openAddresses(
  db: Db,
  userId: string,
  rows: readonly { id: string; ipCipher: Uint8Array | null }[],
): Promise<Map<string, string>> {
  const known = rows.flatMap(({ id, ipCipher }) => (ipCipher === null ? [] : [{ id, blob: ipCipher }]));
  const subject = userSubject(userId);
  const texts = await decryptTexts(
    db,
    known.map(({ id, blob }) => ({ subject, field: sessionIpField(id), blob })),
  );
  return new Map(known.map(({ id }, at) => [id, texts[at] ?? ""]));
}
