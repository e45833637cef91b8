import type { Outputs } from "../../../_client/trpc";

export type HistoryItem = Outputs["history"]["list"]["data"][number];

/** The metadata by which the requests of one send to several models belong together: `run.column`. */
const MARK = "playground_run";

/** One send: a request, or one a model. */
export interface PastRun {
  key: string;
  requests: HistoryItem[];
}

/** What marks the requests of one send, column by column. One model alone needs no mark. */
export function marksOf(count: number): ({ [MARK]: string } | undefined)[] {
  const run = crypto.randomUUID().slice(0, 8);
  return Array.from({ length: count }, (_, column) =>
    count === 1 ? undefined : { [MARK]: `${run}.${column + 1}` },
  );
}

/** A page of history as sends, newest first; the columns of each in the order in which they stood. */
export function toRuns(items: readonly HistoryItem[]): PastRun[] {
  const runs = new Map<string, { column: number; item: HistoryItem }[]>();
  for (const item of items) {
    const [run = item.id, column = "0"] = item.metadata[MARK]?.split(".") ?? [];
    runs.set(run, [...(runs.get(run) ?? []), { column: Number(column), item }]);
  }
  return [...runs].map(([key, members]) => ({
    key,
    requests: members.toSorted((left, right) => left.column - right.column).map(({ item }) => item),
  }));
}
