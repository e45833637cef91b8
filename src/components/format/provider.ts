import { isProvider, providers } from "@/shared/providers";

/** A provider's name for people. */
export function providerName(id: string): string {
  return isProvider(id) ? providers[id].displayName : id;
}
