"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Outputs, useTRPC } from "./trpc";

export type Scope = Outputs["account"]["me"]["scopes"][number];

/**
 * The scopes of the reader's role; undefined until loaded. The server checks every call; pages use this to hide or
 * explain what it would refuse.
 */
export function useScopes(): ReadonlySet<Scope> | undefined {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.account.me.queryOptions());
  return useMemo(() => data && new Set(data.scopes), [data]);
}
