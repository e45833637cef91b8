import type { ArchiveSource } from "../objects/manifest";

/** A week of the audit log, or of its calls, that is older than 400 days: a partition. */
export interface Week {
  source: ArchiveSource;
  name: string;
  since: Date;
  until: Date;
}

/** How much an object holds at most, before compression. */
export interface ObjectLimits {
  rows: number;
  bytes: number;
}

export const objectLimits: ObjectLimits = { rows: 5_000, bytes: 8 * 1024 * 1024 };

/** How long entries are kept. The database has the same value (`partitions.retention`, `audit_expired_archives`). */
export const KEPT_YEARS = 7;
