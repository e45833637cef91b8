"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { refreshAll } from "../../../_client/query-client";
import { useTRPCClient } from "../../../_client/trpc";
import { idle, type Run } from "./answer";
import type { DraftColumn } from "./draft/draft";
import type { Body } from "./draft/to-body";
import { runMetadata } from "./past-runs";
import { resumeChat, type StreamedCall, streamChat } from "./stream/stream-chat";
import { answerOf, completionOf, newStreamed, type Streamed, toSave } from "./stream/streamed";

interface Column {
  streamed: Streamed;
  stopping: boolean;
  error: unknown;
}

/** A stream that is read by this page. */
interface Reading {
  controller: AbortController;
  resumable: boolean;
  /** Of a resumable one, once it is known. */
  id: string | null;
}

/**
 * Streams of a send to one or several models. One whose connection drops, or whose page is left and opened again, is read from
 * where it stopped, unless the organization keeps nothing: then leaving the page ends it, as closing a program does.
 */
export function useStreams(saved: Record<number, Streamed>) {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [columns, setColumns] = useState<Record<number, Column>>(() => shown(saved));
  const running = useRef(new Map<number, Reading>());

  const hangUp = useCallback(() => {
    for (const { controller } of running.current.values()) controller.abort();
    running.current.clear();
  }, []);

  /** A call that goes on without its connection is ended by name, and the other one with its connection. */
  const stopOne = (reading: Reading) => {
    reading.controller.abort();
    const { id } = reading;
    if (id !== null) client.gateway.stop.mutate({ id }).catch(() => {});
  };
  const stopAll = () => {
    for (const reading of running.current.values()) stopOne(reading);
    running.current.clear();
  };

  const read = async (column: number, reading: Reading, from: StreamedCall | Streamed) => {
    const { controller, resumable } = reading;
    const change = (part: Partial<Column>) => {
      // A column that was sent anew shows nothing of the send before.
      if (running.current.get(column) !== reading) return;
      setColumns((all) => {
        const one = all[column];
        return one === undefined ? all : { ...all, [column]: { ...one, ...part } };
      });
    };
    try {
      const { signal } = controller;
      const onChange = (streamed: Streamed) => {
        if (resumable) reading.id = streamed.id;
        change({ streamed });
      };
      const streamed =
        "sentAt" in from
          ? await resumeChat(from, { signal, onChange })
          : await streamChat(from, { signal, onChange, resumable });
      const usage = streamed.status === "cancelled" ? await usageOf(streamed) : null;
      change({ streamed: usage === null ? streamed : { ...streamed, usage }, stopping: false });
    } catch (error) {
      change({ error, stopping: false });
    }
    if (running.current.get(column) === reading) running.current.delete(column);
    void refreshAll(queryClient);
  };

  const resume = (streams: Record<number, Streamed>) => {
    for (const [column, streamed] of Object.entries(streams)) {
      if (streamed.status !== "processing") continue;
      const reading = { controller: new AbortController(), resumable: true, id: streamed.id };
      running.current.set(Number(column), reading);
      void read(Number(column), reading, streamed);
    }
  };
  const atFirst = useRef({ saved, resume });
  useEffect(() => {
    atFirst.current.resume(atFirst.current.saved);
    return hangUp;
  }, [hangUp]);

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
    /** Those that have ended or can be read again, by column, to save over a reload. */
    streams: Object.fromEntries(
      Object.entries(columns).flatMap(([column, { streamed, error }]) => {
        const kept = error === null ? toSave(streamed) : undefined;
        return kept === undefined ? [] : [[Number(column), kept]];
      }),
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
        const reading = { controller: new AbortController(), resumable: keep, id: null };
        running.current.set(id, reading);
        void read(id, reading, { model, ...body, ...stored });
      }
    },
    stop: (column: number) => {
      const reading = running.current.get(column);
      if (reading === undefined) return;
      setColumns((all) => {
        const one = all[column];
        return one === undefined ? all : { ...all, [column]: { ...one, stopping: true } };
      });
      stopOne(reading);
    },
    show: (streams: Record<number, Streamed>) => {
      stopAll();
      setColumns(shown(streams));
      resume(streams);
    },
  };
}

const RECEIPT_ATTEMPTS = 10;
const RECEIPT_PAUSE_MS = 400;

function shown(streams: Record<number, Streamed>): Record<number, Column> {
  return Object.fromEntries(
    Object.entries(streams).map(([column, streamed]) => [column, { streamed, stopping: false, error: null }]),
  );
}
