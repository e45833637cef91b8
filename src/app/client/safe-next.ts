const HOME = "/keys";

/**
 * Where to go after signing in. Only a path on this site: an absolute or protocol-relative address would make the
 * sign-in page an open redirect (OWASP Unvalidated Redirects).
 */
export function safeNext(next: string | undefined | null): string {
  if (!next?.startsWith("/")) return HOME;
  const base = "http://internal.invalid";
  try {
    const url = new URL(next, base);
    return url.origin === base ? `${url.pathname}${url.search}${url.hash}` : HOME;
  } catch {
    return HOME;
  }
}
