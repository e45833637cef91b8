import { AppError, DAY, type DbOrTx } from "../../platform";
import { movedUntil } from "../archives/objects/manifest";
import { LONGEST_DAYS, type ReportInput } from "./schemas";

export interface Period {
  from: Date;
  to: Date;
}

/** @throws AppError `invalid_request` for a period that is empty or too long. */
export function periodOf(input: ReportInput, now: Date): Period {
  const to = input.to === undefined ? now : new Date(input.to);
  const from = input.from === undefined ? new Date(to.getTime() - 30 * DAY) : new Date(input.from);
  if (from >= to) {
    throw new AppError("invalid_request", {
      public: "The period’s end must come after its start.",
      param: "to",
    });
  }
  if (to.getTime() - from.getTime() > LONGEST_DAYS * DAY) {
    throw new AppError("invalid_request", {
      public: `A report covers at most ${LONGEST_DAYS} days.`,
      param: "from",
    });
  }
  return { from, to };
}

/** @throws AppError `invalid_request` for a period with entries in the archive, which a report does not read. */
export async function assertListed(db: DbOrTx, from: Date): Promise<void> {
  const moved = await movedUntil(db);
  if (moved === undefined || from >= moved) return;
  throw new AppError("invalid_request", {
    public: `Reports reach back to ${moved.toISOString()}. Earlier entries are in the archive: export them instead.`,
    param: "from",
  });
}
