import { isHeld } from "../../legal-holds";
import { DAY, type DbOrTx, HOUR } from "../../platform";

/** How long requests are kept where their organization has not chosen less: in the database, and then in the archive. */
export const HOT_DAYS = 90;
export const ARCHIVE_DAYS = 365;

/** With no retention a queued request's answer waits this long to be fetched, and then goes. */
export const FETCH_WITHIN_MS = HOUR;

export interface RetentionTerms {
  days: number;
  archiveDays: number;
  /** Its data key is destroyed: nothing can be read, so nothing is archived. */
  erased: boolean;
  /** Nothing of it may go: what is past its time is archived, and stays. */
  held: boolean;
}

export async function retentionTerms(db: DbOrTx, orgId: string): Promise<RetentionTerms> {
  const [org, key, held] = await Promise.all([
    db.organization.findUnique({ where: { id: orgId }, select: { retentionDays: true, archiveDays: true } }),
    db.dataKey.findUnique({
      where: { subjectType_subjectId: { subjectType: "org", subjectId: orgId } },
      select: { destroyedAt: true },
    }),
    isHeld(db, { type: "org", id: orgId }),
  ]);
  return {
    days: org?.retentionDays ?? HOT_DAYS,
    archiveDays: org?.archiveDays ?? ARCHIVE_DAYS,
    erased: key === null || key.destroyedAt !== null,
    held,
  };
}

/** Requests accepted before this are past their time in the database. */
export function hotSince({ days }: Pick<RetentionTerms, "days">, now: Date): Date {
  return new Date(now.getTime() - days * DAY);
}

/**
 * What lists reach back to: the start of the month that 90 days ago was in. Earlier months may have left the database, and a
 * list does not depend on whether they have.
 */
export function listedSince(now: Date): Date {
  const hot = hotSince({ days: HOT_DAYS }, now);
  return new Date(Date.UTC(hot.getUTCFullYear(), hot.getUTCMonth()));
}
