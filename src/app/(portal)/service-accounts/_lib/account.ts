import type { Outputs } from "../../../_client/trpc";

export type ServiceAccount = Outputs["serviceAccounts"]["list"]["data"][number];

/** A request that works as pasted, once the secret is in the environment. */
export function tokenCommand(baseUrl: string, id: string): string {
  return `curl -u "${id}:$AGATHA_CLIENT_SECRET" \\\n  ${baseUrl}/oauth/token -d grant_type=client_credentials`;
}
