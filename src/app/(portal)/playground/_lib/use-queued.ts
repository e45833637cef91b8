"use client";

import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { refreshAll } from "../../../_client/query-client";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { isLive, pollInterval } from "../../_components/request-status";
import type { Run } from "./answer";
import type { DraftColumn } from "./draft/draft";
import type { Body } from "./draft/to-body";
import { runMetadata } from "./past-runs";

interface Sent {
  /** Number of the send: a late answer to an earlier one is dropped. */
  send: number;
  id: string | null;
  sentAt: string;
  stopping: boolean;
  error: unknown;
}

/** Submits a send to one or several models, polls each until it ends, and stops them. */
export function useQueued(saved: Record<number, string>) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [sent, setSent] = useState<Record<number, Sent>>(() => restored(saved));
  const sends = useRef(0);
  const stopAsked = useRef(new Set<string>());

  const asked = Object.entries(sent).flatMap(([column, { id }]) =>
    id === null ? [] : [{ column: Number(column), id }],
  );
  const results = useQueries({
    queries: asked.map(({ id }) =>
      trpc.inference.result.queryOptions(
        { id },
        {
          staleTime: Number.POSITIVE_INFINITY,
          refetchInterval: ({ state }) => (state.error ? false : pollInterval(state.data)),
          refetchIntervalInBackground: true,
        },
      ),
    ),
  });

  // Most pages show something that a finished request changes: tokens left, spend, charts, the list.
  const ended = results.filter(({ data }) => data !== undefined && !isLive(data.status)).length;
  useEffect(() => {
    if (ended > 0) void refreshAll(queryClient);
  }, [ended, queryClient]);

  const change = (column: number, send: number, part: Partial<Sent>) =>
    setSent((all) => {
      const one = all[column];
      return one?.send === send ? { ...all, [column]: { ...one, ...part } } : all;
    });

  const cancel = async (column: number, send: number, id: string) => {
    try {
      await client.inference.cancel.mutate({ id });
    } catch {
      // Either it has ended or the server is out of reach: the next read of its result tells which.
    }
    await queryClient.invalidateQueries(trpc.inference.result.queryFilter({ id }));
    change(column, send, { stopping: false });
  };

  const submit = async (column: number, send: number, model: string, body: Body) => {
    try {
      const { id } = await client.inference.submit.mutate({ model, ...body });
      change(column, send, { id });
      void refreshAll(queryClient);
      if (stopAsked.current.delete(`${column} ${send}`)) await cancel(column, send, id);
    } catch (error) {
      change(column, send, { error, stopping: false });
    }
  };

  const runOf = (column: number): Run | undefined => {
    const one = sent[column];
    if (one === undefined) return undefined;
    const query = results[asked.findIndex((entry) => entry.column === column)];
    const { id, sentAt, error } = one;
    const failure = error ?? query?.error ?? null;
    const result = id === null ? undefined : query?.data;
    const running = failure === null && (result === undefined || isLive(result.status));
    const stopping = running && one.stopping;
    return { running, stopping, sentAt, id, answer: result, json: result, kept: true, error: failure };
  };

  return {
    runOf,
    /** Request IDs by column, to save over a reload. */
    answers: Object.fromEntries(asked.map(({ column, id }) => [column, id])),
    start: (columns: readonly DraftColumn[], body: Body) => {
      sends.current++;
      const send = sends.current;
      const sentAt = new Date().toISOString();
      const metadataOf = runMetadata(columns.length);
      setSent(
        Object.fromEntries(
          columns.map(({ id }) => [id, { send, id: null, sentAt, stopping: false, error: null }]),
        ),
      );
      for (const [index, { id, model }] of columns.entries()) {
        const metadata = metadataOf[index];
        void submit(id, send, model, metadata === undefined ? body : { ...body, metadata });
      }
    },
    stop: (column: number) => {
      const one = sent[column];
      if (one === undefined || !runOf(column)?.running || one.stopping) return;
      change(column, one.send, { stopping: true });
      if (one.id === null) stopAsked.current.add(`${column} ${one.send}`);
      else void cancel(column, one.send, one.id);
    },
    /** Shows the answers of past requests. */
    show: (answers: Record<number, string>) => setSent(restored(answers)),
  };
}

function restored(answers: Record<number, string>): Record<number, Sent> {
  const sentAt = new Date().toISOString();
  return Object.fromEntries(
    Object.entries(answers).map(([column, id]) => [
      column,
      { send: 0, id, sentAt, stopping: false, error: null },
    ]),
  );
}
