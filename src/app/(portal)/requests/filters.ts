import type { Status } from "./request-status";

export interface Filters {
  status?: Status;
  model?: string;
}

const statuses: readonly string[] = [
  "queued",
  "processing",
  "completed",
  "failed",
  "cancelled",
] satisfies Status[];
const isStatus = (text: string): text is Status => statuses.includes(text);

/** The filters live in the address, so that a filtered list can be shared, and survives a reload. */
export function readFilters(get: (name: string) => string | null): Filters {
  const status = get("status");
  const model = get("model");
  return {
    ...(status && isStatus(status) ? { status } : {}),
    ...(model ? { model: model.slice(0, 128) } : {}),
  };
}

/** "?status=failed&model=gpt-4o", or nothing. */
export function toQuery(filters: Filters): string {
  const query = new URLSearchParams({ ...filters }).toString();
  return query === "" ? "" : `?${query}`;
}
