import { createKey } from "../../src/core/keys";
import { costOf, findModel, type Model, noUsage, type TokenUsage, toTokenUsage } from "../../src/core/models";
import { insertOrganization, orgSubject, prepareOrganization } from "../../src/core/orgs";
import { type Db, newId, SECOND, startOfMonth } from "../../src/core/platform";
import { encryptTexts, transactWithKeys } from "../../src/core/privacy";
import { refreshUsageStatistics } from "../../src/core/usage";
import { findAccount, ownerPrincipal } from "./account";
import { DEMO_EMAIL } from "./demo";

const MODELS = ["gpt-4o", "gpt-4", "gemini-1.5-pro", "deepseek-chat", "gpt-3.5-turbo"];
const KEYS = ["Website", "Support bot", "Nightly reports", "Experiments"];
const BATCH = 1_000;
const MONTHS = 12;

interface LargeOptions {
  rows: number;
  now?: Date;
  onProgress?: (inserted: number) => void;
}

/**
 * Scenario `large`: another organization of the demo account, on the Enterprise plan, with four live keys and many
 * requests of the last twelve months, growing over time. Prompts and results are encrypted as real ones are, so every
 * page of the portal works. Each run adds a new organization. Returns its id.
 */
export async function seedLarge(
  db: Db,
  { rows, now = new Date(), onProgress = () => {} }: LargeOptions,
): Promise<{ orgId: string }> {
  const demo = await findAccount(db, DEMO_EMAIL);
  if (demo === undefined)
    throw new Error("There is no demo account. Start the local installation first: npm start");
  const { userId } = demo;
  const orgId = await createLargeOrganization(db, { userId, rows });
  const owner = await ownerPrincipal(db, { userId, orgId });
  const keyIds: string[] = [];
  for (const name of KEYS) {
    await createKey(db, { principal: owner, input: { name, environment: "live" } });
  }
  for (const { id } of await db.apiKey.findMany({ where: { orgId }, select: { id: true } })) keyIds.push(id);

  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS + 1, 1));
  await createPartitions(db, from);
  for (let first = 0; first < rows; first += BATCH) {
    const requests = Array.from({ length: Math.min(BATCH, rows - first) }, (_, offset) =>
      makeRequest({
        index: first + offset,
        rows,
        from,
        until: new Date(now.getTime() - 60 * SECOND),
        keyIds,
      }),
    );
    await insertRequests(db, { orgId, userId }, requests);
    onProgress(first + requests.length);
  }
  await countMonth(db, { orgId, month: startOfMonth(now) });
  await refreshUsageStatistics(db);
  return { orgId };
}

async function createLargeOrganization(
  db: Db,
  { userId, rows }: { userId: string; rows: number },
): Promise<string> {
  const name = `Large (${rows.toLocaleString("en-US")} requests)`;
  const prepared = await prepareOrganization({ ownerId: userId, name, personal: false });
  const { orgId } = await transactWithKeys(db, [], (tx) => insertOrganization(tx, prepared));
  await db.subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
  return orgId;
}

async function createPartitions(db: Db, from: Date): Promise<void> {
  for (const table of ["inference_requests", "usage_ledger"]) {
    await db.$queryRaw`SELECT partitions.ensure(${table}, 'month', ${from}::timestamptz, ${MONTHS - 1}::int)`;
  }
}

interface LargeRequest {
  id: string;
  createdAt: Date;
  completedAt: Date;
  apiKeyId: string;
  model: Model;
  status: "completed" | "failed" | "cancelled";
  usage: TokenUsage;
}

/** Everything follows from the index, so that two runs look alike. Later months have more requests. */
function makeRequest({
  index,
  rows,
  from,
  until,
  keyIds,
}: {
  index: number;
  rows: number;
  from: Date;
  until: Date;
  keyIds: readonly string[];
}): LargeRequest {
  const share = Math.sqrt((index + 0.5) / rows);
  const createdAt = new Date(Math.floor(from.getTime() + share * (until.getTime() - from.getTime())));
  const hash = scramble(index);
  const dice = hash % 100;
  const completed = dice < 92;
  const key = (hash >>> 7) % keyIds.length;
  const mostly = (hash >>> 11) % 10 < 9 ? key : key + 1;
  return {
    id: newId(createdAt),
    createdAt,
    completedAt: new Date(createdAt.getTime() + 200 + ((hash >>> 5) % 4_000)),
    apiKeyId: keyIds[key] ?? "",
    model: findModel(MODELS[mostly % MODELS.length] ?? "gpt-4o", createdAt),
    status: completed ? "completed" : dice < 98 ? "failed" : "cancelled",
    usage: completed
      ? toTokenUsage({
          inputTokens: 20 + ((hash >>> 3) % 1_500),
          outputTokens: 10 + ((hash >>> 9) % 900),
        })
      : noUsage,
  };
}

/** A 32-bit integer hash (Thomas Mueller's). */
function scramble(value: number): number {
  let hash = Math.imul((value >>> 16) ^ value, 0x45d9f3b);
  hash = Math.imul((hash >>> 16) ^ hash, 0x45d9f3b);
  return ((hash >>> 16) ^ hash) >>> 0;
}

async function insertRequests(
  db: Db,
  { orgId, userId }: { orgId: string; userId: string },
  requests: readonly LargeRequest[],
): Promise<void> {
  const fieldOf = (column: string, rowId: string) => ({ table: "inference_requests", column, rowId });
  const subject = orgSubject(orgId);
  const ciphers = await encryptTexts(
    db,
    requests.flatMap(({ id, model, usage }) => [
      { subject, field: fieldOf("input_cipher", id), text: JSON.stringify(promptFor(model)) },
      { subject, field: fieldOf("result_cipher", id), text: JSON.stringify(resultOf(usage)) },
    ]),
  );
  const rows = requests.map(({ id, apiKeyId, model, status, usage, createdAt, completedAt }, index) => ({
    id,
    created_at: createdAt,
    completed_at: completedAt,
    api_key_id: apiKeyId,
    model: model.id,
    provider: model.provider,
    upstream_model: model.upstreamModel,
    status,
    input_cipher: hex(ciphers[2 * index]),
    result_cipher: status === "completed" ? hex(ciphers[2 * index + 1]) : null,
    trace_id: `req_${id.replaceAll("-", "")}`,
    finish_reason: status === "completed" ? "stop" : null,
    error_code: status === "failed" ? "provider_error" : null,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    price_version: model.priceVersion,
    cost_micros: status === "completed" ? Number(costOf(model.priceVersion, usage)) : 0,
    latency_ms: completedAt.getTime() - createdAt.getTime(),
  }));
  // One parameter for all rows: createMany binds every value on its own, which took most of the time.
  await db.$executeRaw`
    WITH made AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
        id uuid, created_at timestamptz, completed_at timestamptz, api_key_id uuid, model text, provider text,
        upstream_model text, status request_status, input_cipher bytea, result_cipher bytea, trace_id text,
        finish_reason text, error_code text, input_tokens bigint, output_tokens bigint, price_version text,
        cost_micros bigint, latency_ms int)
    ), accepted AS (
      INSERT INTO inference_requests (id, created_at, org_id, user_id, api_key_id, environment, queue_name, model, provider,
        upstream_model, status, input_cipher, result_cipher, trace_id, max_output_tokens, attempts, enqueued_at,
        next_attempt_at, started_at, completed_at, finish_reason, error_code)
      SELECT id, created_at, ${orgId}::uuid, ${userId}::uuid, api_key_id, 'live', 'enterprise', model, provider,
        upstream_model, status, input_cipher, result_cipher, trace_id, 1000, 1, created_at,
        created_at, created_at, completed_at, finish_reason, error_code
      FROM made
    )
    INSERT INTO usage_ledger (request_id, created_at, org_id, user_id, api_key_id, environment, model, provider,
      upstream_model, status, billable, input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at)
    SELECT id, created_at, ${orgId}::uuid, ${userId}::uuid, api_key_id, 'live', model, provider,
      upstream_model, status, status = 'completed', input_tokens, output_tokens, price_version, cost_micros, latency_ms,
      completed_at
    FROM made`;
}

/** The counters of this month, as the requests would have left them: tokens, spend of the organization and of each key. */
async function countMonth(db: Db, { orgId, month }: { orgId: string; month: Date }): Promise<void> {
  await db.$executeRaw`
    INSERT INTO quota_counters (org_id, starts_at, used_tokens, spent_micros, updated_at)
    SELECT org_id, ${month}::timestamptz, sum(input_tokens + output_tokens), sum(cost_micros), now()
    FROM usage_ledger WHERE org_id = ${orgId}::uuid AND created_at >= ${month}::timestamptz GROUP BY org_id`;
  await db.$executeRaw`
    INSERT INTO key_spend (key_id, month, org_id, spent_micros, updated_at)
    SELECT k.spend_id, (${month}::timestamptz AT TIME ZONE 'UTC')::date, u.org_id, sum(u.cost_micros), now()
    FROM usage_ledger u JOIN api_keys k ON k.id = u.api_key_id
    WHERE u.org_id = ${orgId}::uuid AND u.created_at >= ${month}::timestamptz GROUP BY k.spend_id, u.org_id`;
  await db.$executeRaw`
    UPDATE api_keys k SET last_used_at = u.last FROM (
      SELECT api_key_id, max(created_at) AS last FROM usage_ledger WHERE org_id = ${orgId}::uuid GROUP BY api_key_id
    ) u WHERE k.id = u.api_key_id`;
}

/** A `bytea` as PostgreSQL reads it from text. */
function hex(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : `\\x${Buffer.from(bytes).toString("hex")}`;
}

function promptFor(model: Model) {
  return {
    model: model.id,
    messages: [{ role: "user", content: "Summarize the attached report in three sentences." }],
  };
}

function resultOf({ outputTokens }: { outputTokens: number }) {
  return { role: "assistant", content: `A summary of the report, in ${outputTokens} tokens.` };
}
