import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { readFailure } from "./failure";
import { signInPath } from "./safe-next";

declare module "@tanstack/react-query" {
  interface Register {
    mutationMeta: {
      /** False for a call that only reads, or that leaves the page. */
      refreshes?: false;
    };
    queryMeta: {
      /** Each reading is written down in an audit trail: it is read again only where a page says so. */
      recorded?: true;
    };
  }
}

/**
 * A session that ended elsewhere (sign-out everywhere, a new password) ends here at the next call. Other 401s leave the
 * page alone: a wrong current password is one.
 */
function leaveWhenSignedOut(error: unknown) {
  if (readFailure(error).code !== "missing_credentials") return;
  location.assign(signInPath(`${location.pathname}${location.search}`));
}

/** Retries only what can succeed later: no answer, or an answer that blames the server. */
function worthRetrying(failures: number, error: unknown): boolean {
  const { status } = readFailure(error);
  return failures < 2 && (status === undefined || status >= 500);
}

/** The server refused because things are no longer as the page shows them. */
function showsPageIsOld(error: unknown): boolean {
  const { status } = readFailure(error);
  return status === 404 || status === 409;
}

export function createQueryClient({ signedInOnly }: { signedInOnly: boolean }): QueryClient {
  const onError = signedInOnly ? leaveWhenSignedOut : () => {};
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError,
      // Which parts of which pages show what a change touched is no list to keep by hand: everything is read again, what is
      // on screen at once and the rest when it is next shown.
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
