import { listModels } from "../models";
import { type Clock, DAY, type Db, stableId, systemClock } from "../platform";
import { emitEvents } from "../webhooks";

/** Days before the end at which it is told. */
const aheadDays = [30, 7, 1] as const;
const USED_WITHIN_MS = 30 * DAY;

/**
 * Emits `model.retiring` to the organizations that used a model in the last thirty days and want to know: 30, 7 and 1 days
 * before its end, each once; an organization that begins to use it later is told at the next step. Returns the number of deliveries.
 */
export async function announceRetiringModels(db: Db, clock: Clock = systemClock): Promise<number> {
  const now = clock.now();
  let announced = 0;
  for (const { id: model, shutdown_date: day, successor } of listModels({ at: now }).data) {
    if (day === null) continue;
    const end = new Date(`${day}T00:00:00Z`);
    const left = (end.getTime() - now.getTime()) / DAY;
    const step = aheadDays.findLast((days) => left <= days);
    if (step === undefined || left <= 0) continue;
    const orgIds = await concerned(db, model, new Date(now.getTime() - USED_WITHIN_MS));
    announced += await emitEvents(
      db,
      orgIds.map((orgId) => ({
        id: stableId(new Date(end.getTime() - step * DAY), `model.retiring ${model} ${step} ${orgId}`),
        orgId,
        type: "model.retiring" as const,
        data: { model, shutdown_date: day, days: step, successor },
      })),
    );
  }
  return announced;
}

async function concerned(db: Db, model: string, since: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ org_id: string }[]>`
    SELECT e.org_id FROM (
      SELECT DISTINCT org_id FROM webhook_endpoints WHERE disabled_at IS NULL AND 'model.retiring' = ANY (events)
    ) e
    WHERE EXISTS (
      SELECT FROM usage_ledger l
      WHERE l.org_id = e.org_id AND l.model = ${model} AND l.created_at >= ${since.toISOString()}::timestamptz)`;
  return rows.map(({ org_id }) => org_id);
}
