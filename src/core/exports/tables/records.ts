import { actorPrefixes, readAuditArchives, readPersonsArchives, targetPrefixes } from "../../audit";
import type { IdPrefix } from "../../platform";
import { Prisma } from "../../platform/db/client";
import {
  byTime,
  id,
  inNoExport,
  inner,
  leftOut,
  of,
  ofNobody,
  type Row,
  type Rows,
  type TableExport,
  values,
} from "./table-export";

const prefixesOfActors: Partial<Record<string, IdPrefix>> = actorPrefixes;
const prefixes: Partial<Record<string, IdPrefix>> = targetPrefixes;
const actor = { kind: "id", prefix: ({ actor_type: type }: Row) => prefixesOfActors[String(type)] } as const;
const target = { kind: "id", prefix: ({ target_type: type }: Row) => prefixes[String(type)] } as const;

/** What the person did, in the organizations that they belong to and in none. */
const doneBy: Rows = {
  where: (userId) => Prisma.sql`actor_type = 'user' AND actor_id = ${userId}::uuid
    AND (org_id IN (SELECT org_id FROM memberships WHERE user_id = ${userId}::uuid) OR org_id IS NULL)`,
  key: byTime,
};

const archiveKey = [
  ["source", "text"],
  ["partition", "text"],
  ["part", "int"],
] as const;

const proof = leftOut("It proves that the archive was not changed. Its entries are exported.");

/** The audit log, and the tables by which the product runs. */
export const recordTables = {
  audit_logs: {
    person: doneBy,
    organization: of("org_id", [["sequence", "bigint"]]),
    columns: {
      id: id("aud"),
      org_id: id("org"),
      actor_id: actor,
      target_id: target,
      prev_hash: { kind: "bytes" },
      hash: { kind: "bytes" },
      leaves: leftOut("It proves what a batch contains. The records themselves are exported."),
      ...values("created_at", "sequence", "actor_type", "action", "target_type", "trace_id", "details"),
    },
  },
  audit_calls: {
    person: doneBy,
    organization: of("org_id", byTime),
    columns: {
      id: id("aud"),
      org_id: id("org"),
      actor_id: actor,
      ...values("created_at", "sequence", "actor_type", "trace_id", "details"),
    },
  },
  // Entries and calls that are older than 400 days.
  audit_archives: {
    person: {
      where: (userId) => Prisma.sql`(chain_id = 'system'
        OR chain_id IN (SELECT org_id::text FROM memberships WHERE user_id = ${userId}::uuid))`,
      key: archiveKey,
    },
    organization: { where: (orgId) => Prisma.sql`chain_id = ${orgId}`, key: archiveKey },
    columns: {
      id: inner,
      chain_id: leftOut("It is the ID of the organization."),
      remaining: proof,
      first_id: id("aud"),
      last_id: id("aud"),
      first_prev_hash: proof,
      last_hash: proof,
      rows_digest: proof,
      object_digest: proof,
      signature: proof,
      ...values(
        "source",
        "partition",
        "part",
        "rows",
        "first_sequence",
        "last_sequence",
        "first_at",
        "last_at",
        "bytes",
        "archived_at",
      ),
    },
    file: {
      columns: {
        id: id("aud"),
        org_id: id("org"),
        actor_id: actor,
        target_id: target,
        prev_hash: { kind: "bytes" },
        hash: { kind: "bytes" },
        ...values("created_at", "sequence", "actor_type", "action", "target_type", "trace_id", "details"),
      },
      read: readAuditArchives,
      readOfPerson: readPersonsArchives,
    },
  },
  audit_moved_weeks: inNoExport("It says which weeks of all audit logs are in the archive."),
  audit_chains: inNoExport("It repeats the last entry of each audit log."),
  audit_prunings: inNoExport("It says how far audit logs were pruned when their retention ended."),
  audit_ledger_watermark: inNoExport(ofNobody),
  status_samples: inNoExport(ofNobody),
  status_days: inNoExport(ofNobody),
  status_notices: inNoExport("Anyone can read it on the status page."),
  status_updates: inNoExport("Anyone can read it on the status page."),
  legal_holds: inNoExport("It is about a legal matter that the law may oblige us not to tell of."),
  data_keys: inNoExport("It holds encryption keys, themselves encrypted."),
  cell_epoch: inNoExport("It says which life of the installation this is."),
  budget_leases: inNoExport("It says which of our processes may spend a part of a budget, for minutes."),
  rate_limit_buckets: inNoExport("It holds counts of calls, for minutes to days, under fingerprints."),
  admission_processes: inNoExport(ofNobody),
  leases: inNoExport(ofNobody),
  job_runs: inNoExport(ofNobody),
  billing_checkpoints: inNoExport(ofNobody),
  usage_watermarks: inNoExport(ofNobody),
  model_switches: inNoExport(ofNobody),
  usage_comparisons: inNoExport(ofNobody),
  usage_comparison_lines: inNoExport(ofNobody),
} satisfies Record<string, TableExport>;
