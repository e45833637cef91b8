import type { Model } from "@agathaai/core/models";
import { providers } from "../../../../shared/providers";

/** Whether a model's stream shows something soon: it does not think before it answers, or shows what it thinks. */
export function isSeenSoon({ efforts, provider }: Pick<Model, "efforts" | "provider">): boolean {
  return efforts.length === 0 || providers[provider].showsThoughts;
}
