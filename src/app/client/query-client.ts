import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { readFailure } from "./failure";
import { signInPath } from "./safe-next";

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

export function createQueryClient({ signedInOnly }: { signedInOnly: boolean }): QueryClient {
  const onError = signedInOnly ? leaveWhenSignedOut : () => {};
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { staleTime: 10_000, retry: worthRetrying } },
  });
}
