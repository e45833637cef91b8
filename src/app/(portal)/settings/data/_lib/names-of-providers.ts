import { type Provider, providers } from "@/shared/providers";

/** Providers as a sentence names them. */
export function namesOf(ids: readonly Provider[]): string {
  return new Intl.ListFormat("en-US").format(ids.map((id) => providers[id].displayName));
}
