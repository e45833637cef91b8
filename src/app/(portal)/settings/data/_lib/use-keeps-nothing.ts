"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../../../_client/trpc";

/** Whether HIPAA mode decides what is kept, so that nothing here can be chosen. False until it is known. */
export function useKeepsNothing(): boolean {
  const mode = useQuery(useTRPC().hipaa.get.queryOptions());
  return mode.data?.enabled === true;
}
