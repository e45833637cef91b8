"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { PortalShellData } from "@/server/auth/portal-shell-data";
import { useTRPC } from "../../_client/trpc";

/**
 * Puts what the server knew of the reader into the cache before anything below is rendered, there and in the browser:
 * both write the same page, however late a part of it gets its script.
 */
export function IdentityProvider({ identity, children }: { identity: PortalShellData; children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useState(() => {
    queryClient.setQueryData(trpc.account.me.queryKey(), identity.me);
    if (identity.billing !== null) queryClient.setQueryData(trpc.billing.get.queryKey(), identity.billing);
  });
  return children;
}
