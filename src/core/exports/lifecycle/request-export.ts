import { assertSessionActive } from "../../accounts";
import { actorOf, recordAuditIn } from "../../audit";
import { AppError, type Clock, DAY, type Db, newId, systemClock, type UserPrincipal } from "../../platform";
import { type ListQuery, readPage } from "../../platform/list";
import type { ExportSubject } from "../archive/write-archive";
import { EXPORTS_A_DAY, type ExportListView, type ExportView } from "../schemas";
import { exportColumns, viewExport } from "./export-rows";

export type ExportSubjectName = "person" | "organization";

/** The person signed in, or the organization they work in. The caller has checked that the role allows the latter. */
function subjectOf({ userId, orgId }: UserPrincipal, name: ExportSubjectName): ExportSubject {
  return name === "person" ? { type: "user", id: userId } : { type: "org", id: orgId };
}

/**
 * Asks for an export of everything we hold about the person or the organization. A worker makes the file, and the link to it is
 * emailed to the person who asked.
 * @throws AppError `conflict` while one is being made, `rate_limit_exceeded` beyond three in 24 hours.
 */
export async function requestExport(
  db: Db,
  { principal, subject: name }: { principal: UserPrincipal; subject: ExportSubjectName },
  clock: Clock = systemClock,
): Promise<ExportView> {
  const { orgId, userId } = principal;
  const subject = subjectOf(principal, name);
  const now = clock.now();
  const of = { subjectType: subject.type, subjectId: subject.id };
  return await db.$transaction(async (tx) => {
    await assertSessionActive(tx, principal);
    const { count } = await tx.dataExport.createMany({
      data: { id: newId(now), ...of, requestedBy: userId, orgId, nextAttemptAt: now, createdAt: now },
      // The partial index: one under way.
      skipDuplicates: true,
    });
    if (count === 0) {
      throw new AppError("conflict", { public: "An export is already being made. Wait until it is ready." });
    }
    const latest = await tx.dataExport.findMany({
      where: { ...of, createdAt: { gt: new Date(now.getTime() - DAY) } },
      orderBy: { id: "desc" },
      take: EXPORTS_A_DAY + 1,
      select: exportColumns,
    });
    const [made] = latest;
    const oldest = latest[EXPORTS_A_DAY];
    if (made === undefined) throw new Error("an export that was just inserted is not there");
    if (oldest !== undefined) {
      throw new AppError("rate_limit_exceeded", {
        public: `You can request ${EXPORTS_A_DAY} exports in 24 hours. Try again later.`,
        retryAfterSeconds: Math.max(1, Math.ceil((oldest.createdAt.getTime() + DAY - now.getTime()) / 1_000)),
      });
    }
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "data.export_requested",
      target: { type: name === "person" ? "user" : "organization", id: subject.id },
      details: { subject: name },
    });
    return viewExport(made);
  });
}

/**
 * One that the person requested.
 * @throws AppError `not_found`, also for one that another person requested.
 */
export async function getExport(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
): Promise<ExportView> {
  const found = await db.dataExport.findFirst({
    where: { id, requestedBy: principal.userId },
    select: exportColumns,
  });
  if (found !== null) return viewExport(found);
  throw new AppError("not_found", {
    public: "Export not found. Sign in as the person who requested it.",
    param: "id",
  });
}

/** The exports of the person or the organization, newest first. @throws AppError `invalid_cursor`. */
export async function listExports(
  db: Db,
  {
    principal,
    subject: name,
    input,
  }: { principal: UserPrincipal; subject: ExportSubjectName; input: ListQuery },
): Promise<ExportListView> {
  const subject = subjectOf(principal, name);
  const identity = { list: "exports", owner: `${subject.type} ${subject.id}` };
  const { rows, next_cursor } = await readPage(identity, input, ({ where, order, take }) =>
    db.dataExport.findMany({
      where: { subjectType: subject.type, subjectId: subject.id, ...where },
      orderBy: { id: order },
      take,
      select: exportColumns,
    }),
  );
  return { data: rows.map(viewExport), next_cursor };
}
