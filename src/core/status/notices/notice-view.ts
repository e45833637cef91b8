import { toPublicId } from "../../platform";
import type { NoticeState, NoticeView } from "../schemas";

export interface NoticeRow {
  id: string;
  kind: NoticeView["kind"];
  title: string;
  severity: NoticeView["severity"];
  components: string[];
  state: NoticeState;
  startsAt: Date;
  endsAt: Date | null;
  createdAt: Date;
  updates: { id: string; state: NoticeState; text: string; createdAt: Date }[];
}

const ended: ReadonlySet<NoticeState> = new Set(["resolved", "completed", "canceled"]);

export const isEnded = (state: NoticeState): boolean => ended.has(state);

/** Maintenance begins and ends by its announced times, unless an operator said otherwise. */
export function stateAt({ state, startsAt, endsAt }: NoticeRow, now: Date): NoticeState {
  if (state === "scheduled" && endsAt !== null && endsAt <= now) return "completed";
  if (state === "in_progress" && endsAt !== null && endsAt <= now) return "completed";
  return state === "scheduled" && startsAt <= now ? "in_progress" : state;
}

export function toNoticeView(row: NoticeRow, now: Date): NoticeView {
  return {
    id: toPublicId("ntc", row.id),
    kind: row.kind,
    title: row.title,
    severity: row.severity,
    components: row.components,
    state: stateAt(row, now),
    starts_at: row.startsAt.toISOString(),
    ends_at: row.endsAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updates: row.updates.map(({ id, state, text, createdAt }) => ({
      id: toPublicId("upd", id),
      state,
      text,
      created_at: createdAt.toISOString(),
    })),
  };
}
