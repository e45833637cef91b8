import { planIds, plans } from "../../shared/plans";
import { type AuditEntryView, readEntriesAfter } from "../audit";
import { orgSubject } from "../orgs";
import { type Db, SECOND } from "../platform";
import { decryptText } from "../privacy";
import { streamSecretField } from "./manage-stream";

/** Longer than a batch can take: after it the worker that claimed a stream counts as dead. */
export const CLAIM_MS = 60 * SECOND;
const BATCH = 100;

/** The next entries of one stream, for one worker. */
export interface ClaimedStream {
  orgId: string;
  kind: "webhook" | "syslog";
  target: string;
  ca: string | null;
  secret: string | null;
  /** The number of this claim; a later one is higher. */
  claim: bigint;
  failures: number;
  entries: readonly AuditEntryView[];
}

interface Row {
  org_id: string;
  kind: string;
  target: string;
  ca: string | null;
  secret_cipher: Uint8Array | null;
  cursor: bigint;
  claim: bigint;
  failures: number;
}

/**
 * Takes up to `limit` streams that are due and have something to send, each for one worker at a time: so its entries stay in
 * order. The claim of a process that dies expires, and the same entries are sent again.
 */
export async function claimStreams(
  db: Db,
  { limit, now }: { limit: number; now: Date },
): Promise<ClaimedStream[]> {
  const withFeature = planIds.filter((plan) => plans[plan].features.auditStream);
  const rows = await db.$queryRaw<Row[]>`
    WITH due AS MATERIALIZED (
      SELECT s.org_id FROM audit_streams s
      JOIN organizations o ON o.id = s.org_id AND o.deleted_at IS NULL AND o.suspended_at IS NULL
      JOIN subscriptions p ON p.org_id = s.org_id AND p.plan = ANY (${withFeature}::text[])
      WHERE s.paused_at IS NULL AND s.next_attempt_at <= ${now}::timestamptz
        AND EXISTS (SELECT FROM audit_chains c WHERE c.chain_id = s.org_id::text AND c.sequence > s.cursor)
      ORDER BY s.next_attempt_at
      LIMIT ${limit}::int
      FOR UPDATE OF s SKIP LOCKED
    )
    UPDATE audit_streams s SET claim = s.claim + 1,
      next_attempt_at = ${now}::timestamptz + ${CLAIM_MS}::int * interval '1 millisecond'
    FROM due WHERE s.org_id = due.org_id
    RETURNING s.org_id, s.kind, s.target, s.ca, s.secret_cipher, s.cursor, s.claim, s.failures`;
  return await Promise.all(rows.map((row) => toClaim(db, row)));
}

async function toClaim(db: Db, row: Row): Promise<ClaimedStream> {
  const { org_id: orgId, secret_cipher: cipher, claim, failures, target, ca } = row;
  const entries = await readEntriesAfter(db, { orgId, after: row.cursor, limit: BATCH });
  const secret =
    cipher === null ? null : await decryptText(db, orgSubject(orgId), streamSecretField(orgId), cipher);
  return {
    orgId,
    kind: row.kind === "syslog" ? "syslog" : "webhook",
    target,
    ca,
    secret,
    claim,
    failures,
    entries,
  };
}
