"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../../_client/trpc";
import { useScopes } from "../../../_client/use-scopes";

export interface Named {
  id: string;
  name: string;
}

/** The people, keys and service accounts that an entry can be by, as far as the reader's role lists them. */
export function useNames(): { members: Named[]; keys: Named[]; nameOf: (id: string) => string | undefined } {
  const trpc = useTRPC();
  const scopes = useScopes();
  const team = useQuery(
    trpc.team.list.queryOptions(undefined, { enabled: scopes?.has("members:read") === true }),
  );
  const listed = useQuery(
    trpc.keys.list.queryOptions({ limit: 100 }, { enabled: scopes?.has("keys:read") === true }),
  );
  const accounts = useQuery(
    trpc.serviceAccounts.list.queryOptions({ limit: 100 }, { enabled: scopes?.has("keys:read") === true }),
  );
  const members = (team.data?.members ?? []).map(({ user_id: id, name }) => ({ id, name }));
  const keys = [
    ...(listed.data?.data ?? []).map(({ id, name, last_four }) => ({ id, name: `${name} (…${last_four})` })),
    ...(accounts.data?.data ?? []).map(({ id, name }) => ({ id, name: `${name} (service account)` })),
  ];
  const names = new Map([...members, ...keys].map(({ id, name }) => [id, name]));
  return { members, keys, nameOf: (id) => names.get(id) };
}
