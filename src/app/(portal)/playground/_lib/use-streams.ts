"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { refreshAll } from "../../../_client/query-client";
import { useTRPCClient } from "../../../_client/trpc";
import { idle, type Run } from "./answer";
import type { DraftColumn } from "./draft/draft";
import type { Body } from "./draft/to-body";
import { runMetadata } from "./past-runs";
import { type StreamedCall, streamChat } from "./stream/stream-chat";
import { answerOf, completionOf, newStreamed, type Streamed } from "./stream/streamed";

interface Column {
  streamed: Streamed;
  stopping: boolean;
  error: unknown;
}

/** Streams of a send to one or several models. Leaving the page ends them, as closing a program does. */
export function useStreams(saved: Record<number, Streamed>) {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [columns, setColumns] = useState<Record<number, Column>>(() => ended(saved));
  const running = useRef(new Map<number, AbortController>());

  const stopAll = useCallback(() => {
    for (const controller of running.current.values()) controller.abort();
    running.current.clear();
  }, []);
  useEffect(() => stopAll, [stopAll]);

  const read = async (column: number, call: StreamedCall, controller: AbortController) => {
    const change = (part: Partial<Column>) => {
      // A column that was sent anew shows nothing of the send before.
      if (running.current.get(column) !== controller) return;
      setColumns((all) => {
        const one = all[column];
        return one === undefined ? all : { ...all, [column]: { ...one, ...part } };
      });
    };
    try {
      const { signal } = controller;
      const streamed = await streamChat(call, { signal, onChange: (streamed) => change({ streamed }) });
      const usage = streamed.status === "cancelled" ? await usageOf(streamed) : null;
      change({ streamed: usage === null ? streamed : { ...streamed, usage }, stopping: false });
    } catch (error) {
      change({ error, stopping: false });
    }
    if (running.current.get(column) === controller) running.current.delete(column);
    void refreshAll(queryClient);
  };

  /** Of a stream that was stopped, the usage comes from its receipt, a moment after it has ended. */
  const usageOf = async ({ id }: Streamed): Promise<Streamed["usage"]> => {
    if (id === null) return null;
    for (let attempt = 0; attempt < RECEIPT_ATTEMPTS; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, RECEIPT_PAUSE_MS));
      try {
        const { usage, cost_micros } = await client.gateway.generation.query({ id });
        const { input_tokens: prompt_tokens, output_tokens: completion_tokens } = usage;
        return { prompt_tokens, completion_tokens, cost: cost_micros / 1_000_000 };
      } catch {
        // The call is not settled yet, or the server did not answer: the list of requests shows it later.
      }
    }
    return null;
  };

  const runOf = (column: number): Run | undefined => {
    const one = columns[column];
    if (one === undefined) return undefined;
    const { streamed, stopping, error } = one;
    const going = error === null && streamed.status === "processing";
    return {
      ...idle,
      running: going,
      stopping: going && stopping,
      sentAt: streamed.sentAt,
      id: streamed.id,
      kept: !going && streamed.id !== null,
      answer: error === null ? answerOf(streamed) : undefined,
      json: error === null && !going ? completionOf(streamed) : undefined,
      error,
    };
  };

  return {
    runOf,
    /** Those that have ended, by column, to save over a reload. */
    streams: Object.fromEntries(
      Object.entries(columns).flatMap(([column, { streamed, error }]) =>
        error === null && streamed.status !== "processing" ? [[Number(column), streamed]] : [],
      ),
    ) as Record<number, Streamed>,
    /** `keep`: prompt and answer go into the history. */
    start: (targets: readonly DraftColumn[], body: Body, { keep }: { keep: boolean }) => {
      stopAll();
      const sentAt = new Date().toISOString();
      const begun = targets.map(({ id, model }) => [
        id,
        { streamed: newStreamed(model, sentAt), stopping: false, error: null },
      ]);
      setColumns(Object.fromEntries(begun));
      const metadataOf = runMetadata(targets.length);
      for (const [index, { id, model }] of targets.entries()) {
        const metadata = metadataOf[index];
        const stored = keep ? { store: true, ...(metadata && { metadata }) } : {};
        const controller = new AbortController();
        running.current.set(id, controller);
        void read(id, { model, ...body, ...stored }, controller);
      }
    },
    stop: (column: number) => {
      const controller = running.current.get(column);
      if (controller === undefined) return;
      setColumns((all) => {
        const one = all[column];
        return one === undefined ? all : { ...all, [column]: { ...one, stopping: true } };
      });
      controller.abort();
    },
    show: (streams: Record<number, Streamed>) => {
      stopAll();
      setColumns(ended(streams));
    },
  };
}

const RECEIPT_ATTEMPTS = 5;
const RECEIPT_PAUSE_MS = 400;

function ended(streams: Record<number, Streamed>): Record<number, Column> {
  return Object.fromEntries(
    Object.entries(streams).map(([column, streamed]) => [column, { streamed, stopping: false, error: null }]),
  );
}
