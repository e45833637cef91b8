import type { AuditEntry } from "../../audit";
import { lockOrganization, organizationDeleted, orgSubject, readMemberRights } from "../../orgs";
import {
  AppError,
  type Db,
  type Environment,
  type Principal,
  reachOf,
  type Tx,
  toPublicId,
} from "../../platform";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import type { EndpointView } from "../schemas";

export interface EndpointRow {
  id: string;
  environment: Environment;
  url: string;
  description: string;
  events: string[];
  previousSecretUntil: Date | null;
  failingSince: Date | null;
  disabledAt: Date | null;
  disabledBecause: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export const endpointColumns = {
  id: true,
  environment: true,
  url: true,
  description: true,
  events: true,
  previousSecretUntil: true,
  failingSince: true,
  disabledAt: true,
  disabledBecause: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Record<keyof EndpointRow, true>;

export function viewEndpoint(row: EndpointRow, now: Date): EndpointView {
  const { id, url, description, environment, events, previousSecretUntil: until, failingSince } = row;
  return {
    id: toPublicId("whe", id),
    url,
    description,
    environment,
    events,
    status: row.disabledAt !== null ? "disabled" : failingSince === null ? "enabled" : "failing",
    disabled_because: row.disabledAt === null ? null : becauseOf(row.disabledBecause),
    failing_since: failingSince?.toISOString() ?? null,
    previous_secret_until: until !== null && until > now ? until.toISOString() : null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

function becauseOf(text: string | null): EndpointView["disabled_because"] {
  return text === "gone" || text === "failing" ? text : "customer";
}

/** The audit log's details of an endpoint: only the host of its URL, because the path may contain a token. */
export function auditOfEndpoint(row: EndpointRow): Pick<AuditEntry, "target" | "details"> {
  return {
    target: { type: "webhook", id: row.id },
    details: {
      environment: row.environment,
      host: new URL(row.url).host,
      events: row.events.join(" "),
      enabled: row.disabledAt === null,
    },
  };
}

/** The endpoints in the caller's reach: a key sees those of its own environment. */
export function visibleEndpoints(principal: Principal): { orgId: string; environment?: Environment } {
  const { orgId, environment } = reachOf(principal);
  return { orgId, ...(environment !== "all" && { environment }) };
}

/** @throws AppError `not_found`, also for an endpoint out of the caller's reach. */
export async function readEndpoint(tx: Db | Tx, principal: Principal, id: string): Promise<EndpointRow> {
  const row = await tx.webhookEndpoint.findFirst({
    where: { id, ...visibleEndpoints(principal) },
    select: endpointColumns,
  });
  if (row !== null) return row;
  throw new AppError("not_found", {
    public: "Webhook endpoint not found in your organization.",
    param: "id",
  });
}

/**
 * Changes an organization's endpoints with its row locked, one change after the other, by someone whose role allows it now, and behind
 * the second wall.
 * @throws AppError `insufficient_role`; `conflict` where the organization was deleted a moment ago.
 */
export async function changeEndpoints<T>(
  db: Db,
  principal: Principal,
  change: (tx: KeyedTx) => Promise<T>,
): Promise<T> {
  const { orgId } = principal;
  return await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    if (!(await lockOrganization(tx, principal))) throw organizationDeleted();
    if (principal.kind !== "key") await assertRoleAllows(tx, { orgId, userId: principal.userId });
    return await change(tx);
  });
}

/** Reads the role from the row, because a principal can be five seconds old. */
async function assertRoleAllows(tx: Tx, member: { orgId: string; userId: string }): Promise<void> {
  if ((await readMemberRights(tx, member))?.scopes.has("webhooks:write")) return;
  throw new AppError("insufficient_role", {
    public: "Your role in this organization does not allow managing webhooks. Ask an owner or admin.",
  });
}
