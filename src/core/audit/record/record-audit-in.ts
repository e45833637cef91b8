import type { Tx } from "../../platform/db/client";
import { appendEntries } from "./append-entries";
import { type AuditEntry, prepareEntry } from "./entry";

/**
 * Writes entries as part of a change's own transaction: the change and its trace are one commit, and neither can be
 * without the other. Call it last in the transaction: it holds the organization's chain until the commit.
 */
export async function recordAuditIn(tx: Tx, ...entries: AuditEntry[]): Promise<void> {
  await appendEntries(tx, entries.map(prepareEntry));
}
