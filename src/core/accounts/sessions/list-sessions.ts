import { type Clock, type Db, systemClock, toPublicId } from "../../platform";
import { readPage } from "../../platform/list";
import { decryptTexts } from "../../privacy";
import type { ListSessionsInput, SessionListView } from "../schemas";
import { sessionIpField, userSubject } from "../users/user-fields";
import { describeDevice } from "./describe-device";
import { endOfLife, lifeOf } from "./session-life";

interface ListSessions {
  userId: string;
  sessionId: string;
  operator: boolean;
  input: ListSessionsInput;
}

/**
 * The user's own sessions, newest first. IP addresses are shown to the user alone; not even an owner of the organization
 * can list them.
 * @throws AppError `invalid_cursor`.
 */
export async function listSessions(
  db: Db,
  { userId, sessionId, operator, input }: ListSessions,
  clock: Clock = systemClock,
): Promise<SessionListView> {
  const now = clock.now();
  const youngest = { createdAt: { gt: new Date(now.getTime() - lifeOf({ operator })) } };
  const scope = { list: "sessions", owner: userId };
  const { rows, next_cursor } = await readPage(scope, input, ({ where, order, take }) =>
    db.session.findMany({
      where: { userId, revokedAt: null, expiresAt: { gt: now }, AND: [youngest, where] },
      orderBy: { id: order },
      take,
      select: { id: true, kind: true, userAgent: true, ipCipher: true, createdAt: true, lastSeenAt: true },
    }),
  );
  const ips = await decryptIps(db, userId, rows);
  return {
    data: rows.map((row) => ({
      id: toPublicId("ses", row.id),
      kind: row.kind,
      device: describeDevice(row.userAgent),
      ip: ips.get(row.id) ?? null,
      current: row.id === sessionId,
      created_at: row.createdAt.toISOString(),
      last_seen_at: row.lastSeenAt.toISOString(),
      ends_at: endOfLife({ ...row, operator }).toISOString(),
    })),
    next_cursor,
  };
}

async function decryptIps(
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
