"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpLink } from "@trpc/client";
import { type ReactNode, useEffect, useState } from "react";
import { Toaster } from "@/components/ui/toaster";
import type { AppRouter } from "@/server/trpc/root";
import { createQueryClient } from "../_client/query-client";
import { shareStyleNonce } from "../_client/style-nonce";
import { TRPCProvider } from "../_client/trpc";

/** What pages that talk to the server need. Public pages do without, and without its script. */
export function Providers({
  signedInOnly = false,
  children,
}: {
  signedInOnly?: boolean;
  children: ReactNode;
}) {
  const [queryClient] = useState(() => createQueryClient({ signedInOnly }));
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({ links: [httpLink({ url: "/api/trpc" })] }),
  );
  useEffect(shareStyleNonce, []);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
        <Toaster />
      </TRPCProvider>
    </QueryClientProvider>
  );
}
