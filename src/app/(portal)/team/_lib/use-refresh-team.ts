"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../../_client/trpc";

export function useRefreshTeam() {
  const trpc = useTRPC();
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: trpc.team.pathKey() });
}
