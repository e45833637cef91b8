import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../client/trpc";

/** After a key was made, rotated or revoked: read the list again. */
export function useRefreshKeys(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries(trpc.keys.list.pathFilter());
}
