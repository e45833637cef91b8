import { toPublicId } from "../../platform";
import type { FieldRef } from "../../privacy";
import type { ExportSubject } from "../archive/write-archive";
import type { ExportView } from "../schemas";
import { exportStatuses } from "../schemas";

/** How the row of an export is addressed and shown. */

export const exportColumns = {
  id: true,
  subjectType: true,
  subjectId: true,
  requestedBy: true,
  status: true,
  bytes: true,
  createdAt: true,
  finishedAt: true,
  expiresAt: true,
} as const;

interface ExportRow {
  id: string;
  subjectType: string;
  subjectId: string;
  requestedBy: string;
  status: string;
  bytes: bigint | null;
  createdAt: Date;
  finishedAt: Date | null;
  expiresAt: Date | null;
}

export function viewExport(row: ExportRow): ExportView {
  return {
    id: toPublicId("exp", row.id),
    object: "export",
    subject: row.subjectType === "org" ? "organization" : "person",
    status: exportStatuses.find((status) => status === row.status) ?? "failed",
    requested_by: toPublicId("usr", row.requestedBy),
    bytes: row.bytes === null ? null : Number(row.bytes),
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
    expires_at: row.expiresAt?.toISOString() ?? null,
  };
}

/** The column that holds the key of the file. */
export function fileKeyField(id: string): FieldRef {
  return { table: "data_exports", column: "key_cipher", rowId: id };
}

/** Where the file is in the object store. All files of a subject have one prefix. */
export function fileOf(subject: ExportSubject, id: string): string {
  return `${filesOf(subject)}${id}.zip.enc`;
}

export function filesOf({ type, id }: ExportSubject): string {
  return `exports/${type}/${id}/`;
}

/** Bound to the file as additional data: a file copied over another does not decrypt. */
export const filePurpose = (id: string) => `data_exports:${id}`;
