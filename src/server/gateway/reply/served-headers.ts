import type { Target } from "@agathaai/worker/engine/live/generation";

/** Which model of ours answers, and where that is another than the one asked for, why. */
export function servedHeaders({ model }: Target): Record<string, string> {
  return {
    "x-agatha-model": model.answeredBy,
    ...(model.retired && model.notice !== null && { "x-agatha-notice": model.notice }),
  };
}
