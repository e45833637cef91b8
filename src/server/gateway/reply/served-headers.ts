import type { Target } from "@agathaai/worker/engine/live/generation";

/** Which model of ours answers; where that is another than the one asked for, why; and what its provider was not told. */
export function servedHeaders({ model, notSent = [] }: Target): Record<string, string> {
  return {
    "x-agatha-model": model.answeredBy,
    ...(model.retired && model.notice !== null && { "x-agatha-notice": model.notice }),
    ...(notSent.length > 0 && { "x-agatha-not-sent": notSent.join(", ") }),
  };
}
