import { z } from "zod";

const FIRST = Date.UTC(2000, 0, 1);
const LAST = Date.UTC(2200, 0, 1);

/** A moment in a query, within the times that every store of ours can hold. */
export const instantSchema = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time, such as 2026-11-01T00:00:00Z" })
  .refine((text) => {
    const at = Date.parse(text);
    return at >= FIRST && at < LAST;
  }, "must lie between the years 2000 and 2199");
