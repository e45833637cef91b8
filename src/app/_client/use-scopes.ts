"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Outputs, useTRPC } from "./trpc";

export type Scope = Outputs["account"]["me"]["scopes"][number];

/**
 * What the reader's role allows; undefined until it is known. The server decides, at each call; this keeps what it would
 * refuse out of sight, or explains it.
 */
export function useScopes(): ReadonlySet<Scope> | undefined {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.account.me.queryOptions());
  return useMemo(() => data && new Set(data.scopes), [data]);
}
