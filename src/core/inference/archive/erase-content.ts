import { type Clock, type Db, type Environment, environments, systemClock, timeOfId } from "../../platform";
import { FETCH_WITHIN_MS } from "./retention-terms";

const ROWS_A_STATEMENT = 1_000;

/**
 * Removes the content of every request of an organization that has ended, whatever its retention was. An answer of the queue can
 * still be fetched for an hour after its end, as with no retention; then it goes with that. The rows stay: they say what happened.
 */
export async function eraseContent(
  db: Db,
  orgId: string,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<{ erased: number; complete: boolean }> {
  const fetchable = new Date(clock.now().getTime() - FETCH_WITHIN_MS);
  let erased = 0;
  for (const environment of environments) {
    let after: string | null = "00000000-0000-7000-8000-000000000000";
    while (after !== null) {
      if (signal?.aborted) return { erased, complete: false };
      const step: Step = await eraseNext(db, { orgId, environment, after, fetchable });
      erased += step.erased;
      after = step.last;
    }
  }
  return { erased, complete: true };
}

interface Step {
  erased: number;
  /** Where the next rows begin; null behind the last. */
  last: string | null;
}

async function eraseNext(
  db: Db,
  {
    orgId,
    environment,
    after,
    fetchable,
  }: { orgId: string; environment: Environment; after: string; fetchable: Date },
): Promise<Step> {
  const from = timeOfId(after).toISOString();
  const [step] = await db.$queryRaw<Step[]>`
    WITH batch AS MATERIALIZED (
      SELECT id, created_at FROM inference_requests
      WHERE org_id = ${orgId}::uuid AND environment = ${environment}::environment
        AND created_at >= ${from}::timestamptz AND (created_at, id) > (${from}::timestamptz, ${after}::uuid)
      ORDER BY created_at, id LIMIT ${ROWS_A_STATEMENT}::int
    ),
    erased AS (
      UPDATE inference_requests r SET input_cipher = NULL, metadata_cipher = NULL, metadata_index = NULL,
        result_cipher = CASE
          WHEN r.endpoint IS NULL AND r.completed_at > ${fetchable}::timestamptz THEN r.result_cipher END
      FROM batch WHERE r.id = batch.id AND r.created_at = batch.created_at AND r.completed_at IS NOT NULL
        AND (r.input_cipher IS NOT NULL OR r.result_cipher IS NOT NULL OR r.metadata_cipher IS NOT NULL)
      RETURNING r.id
    )
    SELECT (SELECT count(*) FROM erased)::int AS erased,
      (SELECT id::text FROM batch ORDER BY created_at DESC, id DESC LIMIT 1) AS last`;
  return step ?? { erased: 0, last: null };
}
