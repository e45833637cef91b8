import { auditActions } from "@agathaai/core/audit";
import type { AnyTRPCProcedure, TRPCRouterRecord } from "@trpc/server";
import { describe, expect, it } from "vitest";
import type { Meta } from "../meta";
import { appRouter } from "../root";

/** Rows of no call of a procedure: written by sign-in routes of the portal, Stripe's events, jobs and commands. */
const elsewhere: readonly string[] = [
  "auth.provider_linked",
  "auth.oauth_granted",
  // At the revocation endpoint (RFC 7009).
  "service_account.token_revoked",
  "org.erased",
  // By SCIM, which no procedure serves.
  "directory.user_added",
  "directory.user_deleted",
  "domain.missing",
  "domain.lost",
  "company.sign_in_refused",
  "data.exported",
  "data.erasure_certified",
  "data.keys_rewrapped",
  "data.keys_renewed",
  "data.indexes_renewed",
  "data.audit_archived",
  "data.audit_archives_expired",
  "operator.granted",
  "operator.revoked",
  "api.request",
  "api.requests_recorded",
  "usage.recorded",
];

/** Words that are kept for what is still to come; no row of theirs is written today. */
const unused: readonly string[] = [
  "webhook.created",
  "webhook.updated",
  "webhook.deleted",
  "webhook.secret_rotated",
];

interface Declared {
  name: string;
  type: string;
  meta: Meta;
}

const procedures = walk(appRouter._def.record);

function walk(record: TRPCRouterRecord, prefix = ""): Declared[] {
  return Object.entries(record).flatMap(([key, item]) => {
    const name = `${prefix}${key}`;
    if (!isProcedure(item)) return walk(item, `${name}.`);
    return [{ name, type: item._def.type, meta: (item._def.meta ?? {}) as Meta }];
  });
}

function isProcedure(item: TRPCRouterRecord[string]): item is AnyTRPCProcedure {
  return typeof item === "function";
}

/** Settings, and what is nobody's data: read without an entry in HIPAA mode too. */
const notData: readonly string[] = [
  "account.storage",
  "audit.stream.get",
  "billing.preview",
  "billing.price",
  "companySignIn.get",
  "dataPolicy.get",
  "domains.list",
  "gateway.key",
  "hipaa.get",
  "rateLimit.get",
  "retention.get",
  "signInPolicy.get",
  "subProcessors.notices",
  "visibility.get",
];

const actionsOf = ({ meta: { audit } }: Declared): readonly string[] => {
  if (audit?.kind === "traces") return [audit.action];
  if (audit?.kind === "none") return audit.inHipaaMode === undefined ? [] : [audit.inHipaaMode.action];
  return audit?.kind === "writes" ? audit.actions : [];
};

describe("what procedures record in the audit log", () => {
  it("is declared on every one of them", () => {
    expect(procedures.length).toBeGreaterThan(60);
    expect(procedures.filter(({ meta }) => meta.audit === undefined).map(({ name }) => name)).toEqual([]);
  });

  it("is a row of its own for every change that no record of its own tells", () => {
    const silent = procedures.filter(
      ({ type, meta: { audit } }) =>
        type === "mutation" &&
        audit?.kind === "none" &&
        !["own_record", "own_account", "changes_nothing"].includes(audit.reason),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it("is an entry in the customer's own log wherever an operator sees a customer's data", () => {
    const silent = procedures.filter(
      ({ meta: { access, audit } }) =>
        access?.kind === "operator" && audit?.kind === "none" && audit.reason !== "not_a_customers",
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it("is in HIPAA mode an entry for every read of an organization’s data, whoever may make it", () => {
    const silent = procedures.filter(
      ({ type, meta: { access, audit } }) =>
        type === "query" &&
        access?.kind !== "public" &&
        access?.kind !== "operator" &&
        audit?.kind === "none" &&
        audit.inHipaaMode === undefined &&
        !["own_account", "public", "changes_nothing"].includes(audit.reason),
    );
    expect(silent.map(({ name }) => name).sort()).toEqual(notData);
  });

  it("covers every action of the audit log except those that no procedure writes", () => {
    const declared = new Set([...procedures.flatMap(actionsOf), ...elsewhere, ...unused]);
    expect(auditActions.filter((action) => !declared.has(action))).toEqual([]);
  });
});
