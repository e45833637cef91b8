import type pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { DAY, HOUR, newId, startOfMonth, timeOfId } from "../../src/core/platform";
import { dropDatabase, withConnection, withDatabase } from "../database";
import { migrateAround } from "./migrate-around";

const MIGRATION = "20261126105000_quota_periods";
const url = withDatabase(inject("sharedServices").databaseUrl, `quota_periods_${process.pid}`);
const month = startOfMonth(new Date());
const period = new Date(Date.now() - 5 * DAY);
const [subscriber, free] = [newId(), newId()];

beforeAll(() => migrateAround(url, MIGRATION, fill), 120_000);
afterAll(() => dropDatabase(url));

async function fill(client: pg.Client): Promise<void> {
  for (const table of ["usage_ledger", "inference_requests"]) {
    await client.query("SELECT partitions.ensure($1, 'month', $2::date, 0)", [table, startOfMonth(period)]);
    const previous = startOfMonth(new Date(period.getTime() - DAY));
    await client.query("SELECT partitions.ensure($1, 'month', $2::date, 0)", [table, previous]);
  }
  for (const orgId of [subscriber, free]) {
    await client.query(
      "INSERT INTO organizations (id, name_cipher, created_at, updated_at) VALUES ($1, '', now(), now())",
      [orgId],
    );
    await client.query(
      `INSERT INTO subscriptions (org_id, plan, stripe_subscription_id, current_period_start, current_period_end, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, now(), now())`,
      orgId === subscriber
        ? [orgId, "pro", "sub_1", period, new Date(period.getTime() + 30 * DAY)]
        : [orgId, "free", null, null, null],
    );
    await used(client, orgId, { at: new Date(period.getTime() + HOUR), tokens: 100 });
    await used(client, orgId, { at: new Date(period.getTime() - HOUR), tokens: 40 });
    const id = newId(new Date());
    await client.query(
      `INSERT INTO inference_requests (id, created_at, org_id, environment, lane, model, provider, upstream_model, status,
         reserved_tokens, reserved_micros, quota_month, trace_id, max_output_tokens, next_attempt_at)
       VALUES ($1, $2, $3, 'live', 'standard', 'm', 'p', 'm', 'queued', 30, 9, $4::date, 't', 1, now())`,
      [id, timeOfId(id), orgId, month],
    );
    await client.query(
      `INSERT INTO quota_counters (org_id, month, used_tokens, reserved_tokens, spent_micros, reserved_micros, updated_at)
       VALUES ($1, $2::date, 140, 30, 77, 9, now())`,
      [orgId, month],
    );
  }
}

async function used(client: pg.Client, orgId: string, { at, tokens }: { at: Date; tokens: number }) {
  const id = newId(at);
  await client.query(
    `INSERT INTO usage_ledger (request_id, created_at, org_id, environment, model, provider, upstream_model, status,
       billable, input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at)
     VALUES ($1, $2, $3, 'live', 'm', 'p', 'm', 'completed', true, $4, 0, 'v', 1, 1, now())`,
    [id, timeOfId(id), orgId, tokens],
  );
}

const counters = (orgId: string) =>
  withConnection(url, async (client) => {
    const { rows } = await client.query(
      `SELECT starts_at, used_tokens::int AS used, reserved_tokens::int AS reserved, spent_micros::int AS spent,
         reserved_micros::int AS set_aside
       FROM quota_counters WHERE org_id = $1 ORDER BY starts_at = $2 DESC, starts_at`,
      [orgId, period],
    );
    return rows;
  });

it("a subscriber's used and reserved tokens count in its own period; its money stays in the calendar month", async () => {
  const inMonth = period.getTime() - HOUR >= month.getTime() ? 40 : 0;
  expect(await counters(subscriber)).toEqual([
    { starts_at: period, used: 100, reserved: 30, spent: 0, set_aside: 0 },
    { starts_at: month, used: inMonth, reserved: 0, spent: 77, set_aside: 9 },
  ]);
});

it("everybody else keeps the calendar month as it was", async () => {
  expect(await counters(free)).toEqual([
    { starts_at: month, used: 140, reserved: 30, spent: 77, set_aside: 9 },
  ]);
});

it("a request in progress knows the period that it settles in", async () => {
  const { rows } = await withConnection(url, (client) =>
    client.query("SELECT org_id, quota_period FROM inference_requests"),
  );
  const periods = new Map(rows.map((row) => [row.org_id, row.quota_period]));
  expect(periods.get(subscriber)).toEqual(period);
  expect(periods.get(free)).toEqual(month);
});
