import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, newId, systemClock, type Tx } from "../../platform";
import {
  incidentStates,
  type NoticeState,
  type NoticeView,
  type PublishNoticeInput,
  type UpdateNoticeInput,
} from "../schemas";
import { isEnded, type NoticeRow, stateAt, toNoticeView } from "./notice-view";

interface Deed<Input> {
  operatorId: string;
  input: Input;
}

/** Publishes an incident, or announces maintenance, with its first update. @throws AppError `invalid_request`. */
export async function publishNotice(
  db: Db,
  { operatorId, input }: Deed<PublishNoticeInput>,
  clock: Clock = systemClock,
): Promise<NoticeView> {
  const now = clock.now();
  const { kind, title, components, text } = input;
  const times =
    kind === "incident"
      ? { startsAt: now, endsAt: null }
      : { startsAt: new Date(input.starts_at), endsAt: new Date(input.ends_at) };
  if (times.endsAt !== null && (times.endsAt <= times.startsAt || times.endsAt <= now)) {
    throw new AppError("invalid_request", {
      public: "The window must end after it begins, and after now.",
      param: "ends_at",
    });
  }
  const severity = kind === "incident" ? input.severity : null;
  const state = kind === "incident" ? input.state : "scheduled";
  const id = newId(now);
  return await db.$transaction(async (tx) => {
    await tx.statusNotice.create({
      data: {
        ...{ id, kind, title, severity, state, components: [...new Set(components)] },
        ...times,
        createdBy: operatorId,
        createdAt: now,
      },
    });
    await addUpdate(tx, { noticeId: id, state, text, operatorId, now });
    await recordAuditIn(tx, {
      orgId: null,
      actor: { type: "operator", id: operatorId },
      action: "operator.notice_published",
      target: { type: "notice", id },
      details: { kind, title, severity, components: components.join(" ") },
    });
    return toNoticeView(await readNotice(tx, id), now);
  });
}

/**
 * Adds an update. A notice that has ended takes only more text: what happened, and what we change.
 * @throws AppError `not_found`, `invalid_request`, `conflict`.
 */
export async function updateNotice(
  db: Db,
  { operatorId, input: { id, state, text } }: Deed<UpdateNoticeInput>,
  clock: Clock = systemClock,
): Promise<NoticeView> {
  const now = clock.now();
  return await db.$transaction(async (tx) => {
    // Of two operators the second sees what the first did.
    await tx.$queryRaw`SELECT FROM status_notices WHERE id = ${id}::uuid FOR UPDATE`;
    const before = await readNotice(tx, id);
    const current = stateAt(before, now);
    assertFollows(before, current, state);
    if (!isEnded(current))
      await tx.statusNotice.update({
        where: { id },
        data: { state, ...(isEnded(state) && { endsAt: endOf(before, now) }) },
      });
    await addUpdate(tx, { noticeId: id, state, text, operatorId, now });
    await recordAuditIn(tx, {
      orgId: null,
      actor: { type: "operator", id: operatorId },
      action: "operator.notice_updated",
      target: { type: "notice", id },
      details: { state },
    });
    return toNoticeView(await readNotice(tx, id), now);
  });
}

function assertFollows({ kind }: NoticeRow, current: NoticeState, next: NoticeState): void {
  const ofIncidents = (incidentStates as readonly string[]).includes(next);
  if (ofIncidents !== (kind === "incident")) {
    throw new AppError("invalid_request", {
      public: `This is not a state of ${kind === "incident" ? "an incident" : "maintenance"}.`,
      param: "state",
    });
  }
  if (isEnded(current) && next !== current) {
    throw new AppError("conflict", {
      public: "This has ended. Publish a new one, or add text to it as it is.",
    });
  }
}

/** Maintenance that is canceled before it began has no shorter window. */
function endOf({ kind, startsAt, endsAt }: NoticeRow, now: Date): Date | null {
  return kind === "incident" || now > startsAt ? now : endsAt;
}

async function addUpdate(
  tx: Tx,
  update: { noticeId: string; state: NoticeState; text: string; operatorId: string; now: Date },
): Promise<void> {
  const { noticeId, state, text, operatorId, now } = update;
  await tx.statusUpdate.create({
    data: { id: newId(), noticeId, state, text, createdBy: operatorId, createdAt: now },
  });
}

async function readNotice(tx: Tx, id: string): Promise<NoticeRow> {
  const notice = await tx.statusNotice.findUnique({
    where: { id },
    include: { updates: { orderBy: { id: "desc" } } },
  });
  if (notice === null) throw new AppError("not_found", { public: "Notice not found.", param: "id" });
  return notice;
}
