import { providers } from "@/shared/providers";
import type { Outputs } from "../../../../_client/trpc";

/** The providers that are left in the EU, as a sentence names them. */
export function listOf({ providers_in_eu: ids }: Outputs["dataPolicy"]["get"]): string {
  const names = ids.map((id) => providers[id].displayName);
  if (names.length === 0) return "no provider yet";
  return new Intl.ListFormat("en-US").format(names);
}
