import type { Outputs } from "../../client/trpc";

export type HistoryItem = Outputs["history"]["list"]["data"][number];

/** The name under which the requests of one send to several models belong together. */
export const RUN_MARK = "playground_run";

/** One send: a request, or one a model. */
export interface PastRun {
  key: string;
  requests: HistoryItem[];
}

/** A page of history as sends, newest first; the columns of each in the order in which they stood. */
export function toRuns(items: readonly HistoryItem[]): PastRun[] {
  const runs = new Map<string, HistoryItem[]>();
  for (const item of items) {
    const key = item.metadata[RUN_MARK] ?? item.id;
    runs.set(key, [item, ...(runs.get(key) ?? [])]);
  }
  return [...runs].map(([key, requests]) => ({ key, requests }));
}

export function newRunMark(): string {
  return crypto.randomUUID().slice(0, 8);
}
