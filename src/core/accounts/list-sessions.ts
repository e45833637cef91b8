import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { AppError } from "../platform/errors";
import { fromPublicId, toPublicId } from "../platform/ids";
import { openTexts } from "../privacy";
import { describeDevice } from "./describe-device";
import type { ListSessionsInput, SessionListView } from "./schemas";
import { endOfLife, lifeOf } from "./session-life";
import { sessionIpPlace, userSubject } from "./user-texts";

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
  const rows = await db.session.findMany({
    where: {
      userId,
      revokedAt: null,
      expiresAt: { gt: now },
      createdAt: { gt: new Date(now.getTime() - lifeOf({ operator })) },
      ...(input.cursor === undefined ? {} : { id: { lt: decodeCursor(input.cursor) } }),
    },
    orderBy: { id: "desc" },
    take: input.limit + 1,
    select: { id: true, kind: true, userAgent: true, ipCipher: true, createdAt: true, lastSeenAt: true },
  });
  const page = rows.slice(0, input.limit);
  const addresses = await openAddresses(db, userId, page);
  const last = page.at(-1);
  return {
    data: page.map((row) => ({
      id: toPublicId("ses", row.id),
      kind: row.kind,
      device: describeDevice(row.userAgent),
      ip: addresses.get(row.id) ?? null,
      current: row.id === sessionId,
      created_at: row.createdAt.toISOString(),
      last_seen_at: row.lastSeenAt.toISOString(),
      ends_at: endOfLife({ ...row, operator }).toISOString(),
    })),
    next_cursor: rows.length > page.length && last !== undefined ? toPublicId("ses", last.id) : null,
  };
}

async function openAddresses(
  db: Db,
  userId: string,
  rows: readonly { id: string; ipCipher: Uint8Array | null }[],
): Promise<Map<string, string>> {
  const known = rows.flatMap(({ id, ipCipher }) => (ipCipher === null ? [] : [{ id, blob: ipCipher }]));
  const subject = userSubject(userId);
  const texts = await openTexts(
    db,
    known.map(({ id, blob }) => ({ subject, place: sessionIpPlace(id), blob })),
  );
  return new Map(known.map(({ id }, at) => [id, texts[at] ?? ""]));
}

function decodeCursor(cursor: string): string {
  try {
    return fromPublicId("ses", cursor);
  } catch (error) {
    throw new AppError("invalid_cursor", {
      public: "This cursor is not one of ours. Take next_cursor from the page before.",
      param: "cursor",
      cause: error,
    });
  }
}
