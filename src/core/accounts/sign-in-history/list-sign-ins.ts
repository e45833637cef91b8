import { type Clock, DAY, type Db, systemClock, toPublicId } from "../../platform";
import { readPage } from "../../platform/list";
import { decryptTexts } from "../../privacy";
import { describeDevice } from "../sessions/describe-device";
import { signInIpField, userSubject } from "../users/user-fields";
import { type ListSignInsInput, type SignInListView, signInViewSchema } from "./schemas";

const SHOWN_MS = 90 * DAY;

/**
 * The user's own sign-ins of the last ninety days, newest first, and the failed ones at their account. Shown to the user
 * alone, as their sessions are.
 * @throws AppError `invalid_cursor`.
 */
export async function listSignIns(
  db: Db,
  { userId, input }: { userId: string; input: ListSignInsInput },
  clock: Clock = systemClock,
): Promise<SignInListView> {
  const since = new Date(clock.now().getTime() - SHOWN_MS);
  const { rows, next_cursor } = await readPage(
    { list: "sign-ins", owner: userId },
    input,
    ({ where, order, take }) =>
      db.signIn.findMany({
        where: { userId, AND: [{ createdAt: { gt: since } }, where] },
        orderBy: { id: order },
        take,
      }),
  );
  const known = rows.flatMap(({ id, ipCipher }) => (ipCipher === null ? [] : [{ id, blob: ipCipher }]));
  const texts = await decryptTexts(
    db,
    known.map(({ id, blob }) => ({ subject: userSubject(userId), field: signInIpField(id), blob })),
  );
  const ips = new Map(known.map(({ id }, at) => [id, texts[at] ?? null]));
  const { method, factor, result } = signInViewSchema.shape;
  return {
    data: rows.map((row) => ({
      id: toPublicId("sgn", row.id),
      kind: row.kind,
      method: method.parse(row.method),
      factor: factor.parse(row.factor),
      result: result.parse(row.result),
      session_id: row.sessionId === null ? null : toPublicId("ses", row.sessionId),
      new_device: row.newDevice,
      device: describeDevice(row.userAgent),
      ip: ips.get(row.id) ?? null,
      created_at: row.createdAt.toISOString(),
    })),
    next_cursor,
  };
}
