import type { Outputs } from "../../../_client/trpc";

export type HistoryItem = Outputs["history"]["list"]["data"][number];

/** The metadata that ties the requests of one send to several models together: `run.column`. */
const RUN_KEY = "playground_run";

/** One send: a request per model. */
export interface PastRun {
  key: string;
  requests: HistoryItem[];
}

/** The metadata of each column's request. A send to one model needs none. */
export function runMetadata(count: number): ({ [RUN_KEY]: string } | undefined)[] {
  const run = crypto.randomUUID().slice(0, 8);
  return Array.from({ length: count }, (_, column) =>
    count === 1 ? undefined : { [RUN_KEY]: `${run}.${column + 1}` },
  );
}

/** A page of history grouped by send, newest first, each in the order of its columns. */
export function toRuns(items: readonly HistoryItem[]): PastRun[] {
  const runs = new Map<string, { column: number; item: HistoryItem }[]>();
  for (const item of items) {
    const [run = item.id, column = "0"] = item.metadata[RUN_KEY]?.split(".") ?? [];
    runs.set(run, [...(runs.get(run) ?? []), { column: Number(column), item }]);
  }
  return [...runs].map(([key, members]) => ({
    key,
    requests: members.toSorted((left, right) => left.column - right.column).map(({ item }) => item),
  }));
}
