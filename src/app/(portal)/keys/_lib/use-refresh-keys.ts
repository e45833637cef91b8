import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../../_client/trpc";

/** After a key was made, changed, rotated or revoked: read the list and its page again. */
export function useRefreshKeys(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries(trpc.keys.pathFilter());
}
