import type { Outputs } from "../../../../_client/trpc";
import { namesOf } from "./names-of-providers";

/** The providers that are left in the EU, as a sentence names them. */
export function listOf({ providers_in_eu: ids }: Outputs["dataPolicy"]["get"]): string {
  return ids.length === 0 ? "no provider yet" : namesOf(ids);
}
