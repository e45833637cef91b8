"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpLink } from "@trpc/client";
import { type ReactNode, useEffect, useState } from "react";
import { Toaster } from "@/components/ui/toasts/toaster";
import type { AppRouter } from "@/server/trpc/root";
import { createQueryClient } from "../_client/query-client";
import { stepUpLink } from "../_client/step-up";
import { TRPCProvider } from "../_client/trpc";

declare global {
  var __webpack_nonce__: string | undefined;
}

interface ProvidersProps {
  /** Leave for the sign-in page when the session ends, and ask for a proof of identity where a call needs one. */
  signedInOnly?: boolean;
  children: ReactNode;
}

/** What a page needs to call the server. Public pages do without it, and without its script. */
export function Providers({ signedInOnly = false, children }: ProvidersProps) {
  const [queryClient] = useState(() => createQueryClient({ signedInOnly }));
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [...(signedInOnly ? [stepUpLink] : []), httpLink({ url: "/api/trpc" })],
    }),
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

/**
 * Dialogs lock the page's scroll with a style element, which a strict content policy allows only with the page's nonce.
 * The style library reads the nonce from this global; the page's scripts carry it.
 */
function shareStyleNonce(): void {
  globalThis.__webpack_nonce__ ??= document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
}
