/** Next's own mounts under `/api`: the portal's procedures and sign-in. */
const pageMounts = /^\/api\/(trpc|auth)(\/|$)/;
const apiPaths = /^\/(api|v1)(\/|$)|^\/\.well-known\/jwks\.json$/;

/** Whether a request target (path and query) belongs to the API rather than to the portal. */
export function isApiPath(target: string): boolean {
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  return apiPaths.test(path) && !pageMounts.test(path);
}
