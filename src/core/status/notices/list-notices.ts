import { type Clock, type Db, systemClock } from "../../platform";
import { readPage } from "../../platform/list";
import type { ListNoticesInput, NoticeList } from "../schemas";
import { toNoticeView } from "./notice-view";

/** Incidents and maintenance for the operators, newest first. @throws AppError `invalid_cursor`. */
export async function listNotices(
  db: Db,
  query: ListNoticesInput,
  clock: Clock = systemClock,
): Promise<NoticeList> {
  const { rows, next_cursor } = await readPage(
    { list: "status-notices", owner: "operators" },
    query,
    ({ where, order, take }) =>
      db.statusNotice.findMany({
        where,
        orderBy: { id: order },
        take,
        include: { updates: { orderBy: { id: "desc" } } },
      }),
  );
  return { data: rows.map((row) => toNoticeView(row, clock.now())), next_cursor };
}
