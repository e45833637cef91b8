import { z } from "zod";
import { isTimeWeKeep, TIMES_WE_KEEP } from "../../../shared/time";

/** A time from a caller, within the range that every store can hold. */
export const instantSchema = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time, such as 2027-01-31T00:00:00Z" })
  .refine((text) => isTimeWeKeep(new Date(text)), TIMES_WE_KEEP);
