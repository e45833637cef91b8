import { plans } from "../plans";
import { Prisma } from "../platform/db";
import type { Plan } from "../platform/principal";

/** The monthly limit as the database knows it now: a number agreed with the organisation goes before the plan's. */
export function tokenLimitSql(orgId: string, plan: Plan): Prisma.Sql {
  return Prisma.sql`coalesce(
    (SELECT custom_monthly_tokens FROM subscriptions WHERE org_id = ${orgId}::uuid),
    ${plans[plan].tokensPerMonth}::bigint)`;
}
