import { type Clock, DAY, type Db, systemClock, timeOfId } from "../../platform";
import { unreadable } from "../../platform/crypto/field";
import { type Storage, storage } from "../../platform/storage";
import type { StatusRow } from "../history/views";
import type { RequestKey } from "../request-row";
import { objectOf, parseLine, unpack } from "./archive-object";
import type { ArchivedRequest } from "./archived-request";
import { findArchive } from "./find-archive";

export interface ReadOptions {
  store?: Pick<Storage, "get">;
  clock?: Clock;
}

/**
 * A request from the archive. Undefined for one that is in none, was deleted, is past its time or out of reach.
 * @throws AppError `service_unavailable` when the object store does not answer, `not_found` once its organization is erased.
 */
export async function readArchived(
  db: Db,
  key: RequestKey,
  { store = storage(), clock = systemClock }: ReadOptions = {},
): Promise<ArchivedRequest | undefined> {
  const { orgId, requestId } = key;
  const archive = await findArchive(db, key);
  if (archive === undefined || !archive.stored || archive.deleted) return undefined;
  const keptUntil = timeOfId(requestId).getTime() + archive.keptDays * DAY;
  if (keptUntil <= clock.now().getTime()) return undefined;
  const object = await store.get(objectOf(orgId, archive.id));
  if (object === undefined) throw unreadable(`the object of archive ${archive.id} is missing`);
  const lines = await unpack(db, archive, object.body);
  // Only the line that names it is parsed. An id that a prompt quotes is behind another line's id.
  for (const line of lines) {
    if (!line.includes(requestId)) continue;
    const request = parseLine(line);
    if (request.id === requestId) return request;
  }
  return undefined;
}

/** As `read-status` returns a row. */
export function statusRowOf(request: ArchivedRequest): StatusRow {
  return {
    id: request.id,
    createdAt: request.created_at,
    model: request.model,
    status: request.status,
    environment: request.environment,
    metadata: metadataOf(request),
    startedAt: request.started_at,
    completedAt: request.completed_at,
    cancelRequestedAt: request.cancel_requested_at,
    errorCode: request.error_code,
    errorMessage: request.error_message,
    errorParam: request.error_param,
    traceId: request.trace_id,
  };
}

function metadataOf({ metadata }: ArchivedRequest): Record<string, string> {
  return metadata === null ? {} : JSON.parse(metadata);
}
