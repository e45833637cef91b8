import { decryptPeople } from "../accounts";
import { recordAuditIn } from "../audit";
import { findModel, forgetModelSwitches, listModels } from "../models";
import { type Clock, type Db, systemClock } from "../platform";
import { type ListQuery, pageOf } from "../platform/list";
import type { ModelSwitchList, SwitchModelInput } from "./schemas";

/** Every model of the catalogue, with who switched it last and why. */
export async function listModelSwitches(db: Db, query: ListQuery = { limit: 100 }): Promise<ModelSwitchList> {
  const rows = await db.modelSwitch.findMany();
  const switches = new Map(rows.map((row) => [row.modelId, row]));
  const people = await decryptPeople(
    db,
    rows.map(({ changedBy }) => changedBy),
  );
  const models = listModels().data.map(({ id, created_at, provider, display_name }) => {
    const last = switches.get(id);
    const { answeredBy } = findModel(id);
    return {
      id,
      created_at,
      provider,
      display_name,
      answered_by: answeredBy === id ? null : answeredBy,
      on: !last?.off,
      reason: last?.reason ?? null,
      by: last === undefined ? null : (people.get(last.changedBy)?.name ?? null),
      changed_at: last?.changedAt.toISOString() ?? null,
    };
  });
  return pageOf({ list: "model-switches", owner: "operators" }, query, models);
}

/**
 * Turns a model off or on, everywhere within five seconds. Accepted requests go on. Setting the present state changes
 * and records nothing.
 * @throws AppError `model_not_found`.
 */
export async function switchModel(
  db: Db,
  { operatorId, input }: { operatorId: string; input: SwitchModelInput },
  clock: Clock = systemClock,
): Promise<ModelSwitchList> {
  const { id: modelId } = findModel(input.id);
  const off = !input.on;
  await db.$transaction(async (tx) => {
    // The row is created if needed and locked, so that the second of two operators sees what the first did.
    const [before] = await tx.$queryRaw<{ off: boolean }[]>`
      INSERT INTO model_switches AS s (model_id, off, reason, changed_by, changed_at)
      VALUES (${modelId}, false, '', ${operatorId}::uuid, ${clock.now()}::timestamptz)
      ON CONFLICT (model_id) DO UPDATE SET off = s.off RETURNING s.off`;
    if (before?.off === off) return;
    await tx.modelSwitch.update({
      where: { modelId },
      data: { off, reason: input.reason, changedBy: operatorId, changedAt: clock.now() },
    });
    await recordAuditIn(tx, {
      orgId: null,
      actor: { type: "operator", id: operatorId },
      action: "operator.model_switched",
      details: { model: modelId, on: input.on, reason: input.reason },
    });
  });
  forgetModelSwitches();
  return listModelSwitches(db);
}
