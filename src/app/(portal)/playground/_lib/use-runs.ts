"use client";

import { idle, type Run } from "./answer";
import type { Delivery, DraftColumn } from "./draft/draft";
import type { SavedAnswers } from "./draft/draft-store";
import type { Body } from "./draft/to-body";
import { useQueued } from "./use-queued";
import { useStreams } from "./use-streams";

/** The answers of the columns, streamed or from the queue: a send replaces all of them. */
export function useRuns({ answers, streams }: SavedAnswers) {
  const queued = useQueued(answers);
  const streamed = useStreams(streams);
  return {
    runOf: (column: number): Run => streamed.runOf(column) ?? queued.runOf(column) ?? idle,
    /** To save over a reload. */
    saved: { answers: queued.answers, streams: streamed.streams } satisfies SavedAnswers,
    start: (
      columns: readonly DraftColumn[],
      body: Body,
      { delivery, keep }: { delivery: Delivery; keep: boolean },
    ) => {
      if (delivery === "stream") {
        queued.show({});
        streamed.start(columns, body, { keep });
      } else {
        streamed.show({});
        queued.start(columns, body);
      }
    },
    stop: (column: number) => {
      streamed.stop(column);
      queued.stop(column);
    },
    show: (shown: SavedAnswers) => {
      queued.show(shown.answers);
      streamed.show(shown.streams);
    },
  };
}
