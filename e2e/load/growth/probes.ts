import { getInference, historyQuerySchema, listHistory } from "../../../src/core/inference";
import { scopeSetOfRole } from "../../../src/core/orgs";
import { getOverview } from "../../../src/core/overview";
import { type Db, newId, reachOf, type UserPrincipal } from "../../../src/core/platform";
import { encodeCursor } from "../../../src/core/platform/list";
import { getProviderHealth, getUsage, usageQuerySchema } from "../../../src/core/usage";
import { plans } from "../../../src/shared/plans";

/** One thing that a customer does, timed on a small and on a large installation. */
export interface Probe {
  what: string;
  target: { ratio: number } | { ms: number };
  /** Filled partitions it may read at most (of twelve in each table). */
  mostPartitions: number;
  /** Rows it may read out of partitions at most: no answer may be made by adding up the ledger. */
  mostRows: number;
  run(db: Db, sample: Sample): Promise<unknown>;
}

/** What a run asks for: another organization and request each time. */
export interface Sample {
  orgId: string;
  requestId: string;
  /** The beginning of the month before last: history reaches 90 days back. */
  back: Date;
  from: Date;
}

const PAGE = 26;

export const probes: Probe[] = [
  {
    what: "status of a request",
    target: { ratio: 1.5 },
    mostPartitions: 1,
    mostRows: 1,
    run: (db, { orgId, requestId }) => getInference(db, { ...reachOf(principalOf(orgId)), requestId }),
  },
  {
    what: "history, first page",
    target: { ratio: 1.5 },
    mostPartitions: 8,
    mostRows: 4 * PAGE,
    run: (db, { orgId }) =>
      listHistory(db, { principal: principalOf(orgId), query: historyQuerySchema.parse({}) }),
  },
  {
    what: "history, a page of the month before last",
    target: { ratio: 1.5 },
    mostPartitions: 8,
    mostRows: 4 * PAGE,
    run: (db, { orgId, back }) => {
      const place = { list: "history", owner: orgId, filter: { environment: "live" } };
      const cursor = encodeCursor(place, { limit: PAGE }, newId(back));
      return listHistory(db, { principal: principalOf(orgId), query: historyQuerySchema.parse({ cursor }) });
    },
  },
  {
    what: "history, only failed ones of one month",
    target: { ratio: 1.5 },
    mostPartitions: 2,
    mostRows: 4_000,
    run: (db, { orgId, back }) => {
      const before = new Date(back.getTime() + 30 * 86_400_000).toISOString();
      const query = { status: "failed", created: { gte: back.toISOString(), lt: before } };
      return listHistory(db, { principal: principalOf(orgId), query: historyQuerySchema.parse(query) });
    },
  },
  {
    what: "usage of 12 months, by month and model",
    target: { ms: 100 },
    mostPartitions: 24,
    mostRows: 1_000,
    run: (db, sample) => usage(db, sample, { interval: "month", group_by: "model" }),
  },
  {
    what: "usage of 12 months, by day",
    target: { ms: 100 },
    mostPartitions: 24,
    mostRows: 1_000,
    run: (db, sample) => usage(db, sample, { interval: "day" }),
  },
  {
    what: "overview",
    target: { ms: 100 },
    mostPartitions: 24,
    mostRows: 3_000,
    run: (db, { orgId }) => getOverview(db, { principal: principalOf(orgId) }),
  },
  {
    what: "status page: how providers did in the last hour",
    target: { ms: 100 },
    mostPartitions: 4,
    mostRows: 5_000,
    run: (db) => getProviderHealth(db),
  },
];

function usage(db: Db, { orgId, from }: Sample, query: object) {
  return getUsage(db, {
    principal: principalOf(orgId),
    query: usageQuerySchema.parse({ ...query, from: from.toISOString() }),
  });
}

function principalOf(orgId: string): UserPrincipal {
  return {
    kind: "session",
    userId: orgId,
    orgId,
    sessionId: orgId,
    role: "owner",
    scopes: scopeSetOfRole("owner"),
    plan: "enterprise",
    requestsPerMinute: plans.enterprise.requestsPerMinute,
    environment: "live",
    emailVerified: true,
    operator: false,
  };
}
