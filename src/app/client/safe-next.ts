const HOME = "/overview";

/**
 * Where to go after signing in. Only a path on this site: an absolute or protocol-relative address would make the
 * sign-in page an open redirect (OWASP Unvalidated Redirects).
 */
export function safeNext(next: string | undefined | null): string {
  if (!next?.startsWith("/")) return HOME;
  const base = "http://internal.invalid";
  try {
    const url = new URL(next, base);
    if (url.origin !== base) return HOME;
    // Next's own mark on the data of a page.
    url.searchParams.delete("_rsc");
    return `${url.pathname}${url.search}${url.hash}`;
  } catch {
    return HOME;
  }
}

/** The sign-in page that leads back to `path`. */
export function signInPath(path: string | null): string {
  return `/sign-in?next=${encodeURIComponent(safeNext(path))}`;
}
