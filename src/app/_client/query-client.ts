import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { readFailure } from "./failure";

declare module "@tanstack/react-query" {
  interface Register {
    mutationMeta: {
      /** False for a call that only reads, or after which the page is left. */
      refreshes?: false;
    };
    queryMeta: {
      /** Each read is recorded in an audit log, so the query is read again only where a page asks for it. */
      recorded?: true;
    };
  }
}

/**
 * Leaves for the sign-in page when the session ended elsewhere (sign-out everywhere, a new password). Other 401s, such
 * as a wrong current password, stay on the page.
 */
function leaveWhenSignedOut(error: unknown) {
  const { code } = readFailure(error);
  // The server then shows why, in place of every page.
  if (code === "suspended") location.reload();
  if (code !== "missing_credentials") return;
  // The sign-in page checks where it leads back to; `signInPath` here would add that check to the script of every page.
  location.assign(`/sign-in?next=${encodeURIComponent(`${location.pathname}${location.search}`)}`);
}

/** The organization began to require a second factor: every page, loaded anew, is the one that adds it. */
function reloadWhenFactorMissing(error: unknown) {
  if (readFailure(error).code === "second_factor_enrollment_required") location.reload();
}

/** Retries only what can succeed later: no response, or a 5xx. */
function worthRetrying(failures: number, error: unknown): boolean {
  const { status } = readFailure(error);
  return failures < 2 && (status === undefined || status >= 500);
}

/** The server refused because the page shows an outdated state. */
function showsPageIsOld(error: unknown): boolean {
  const { status } = readFailure(error);
  return status === 404 || status === 409;
}

export function createQueryClient({ signedInOnly }: { signedInOnly: boolean }): QueryClient {
  const onError = signedInOnly ? leaveWhenSignedOut : () => {};
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        onError(error);
        if (signedInOnly) reloadWhenFactorMissing(error);
      },
    }),
    mutationCache: new MutationCache({
      onError,
      // A change can show anywhere, so every query is read again: what is on screen at once, the rest when next shown.
      onSettled: (_data, error, _input, _context, { meta }) => {
        if (meta?.refreshes === false || (error !== null && !showsPageIsOld(error))) return;
        void refreshAll(client);
      },
    }),
    defaultOptions: { queries: { staleTime: 10_000, retry: worthRetrying } },
  });
  return client;
}

export function refreshAll(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ predicate: ({ meta }) => meta?.recorded !== true });
}
