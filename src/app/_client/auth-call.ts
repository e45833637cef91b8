import { failedAnswer } from "./failed-answer";

/** Our own server's answers; checked by hand, for a parser would weigh more than all else on the sign-in page. */
interface Answer {
  csrfToken?: string;
  url?: string;
}

/**
 * One call to the sign-in routes, which are next-auth's: its token against other sites' forms first, then the call.
 * Returns where it leads. Throws what `readFailure` reads.
 */
export async function callAuth(path: string, fields: Record<string, string>): Promise<string> {
  const csrf = await fetch("/api/auth/csrf");
  if (!csrf.ok) throw await failedAnswer(csrf);
  const { csrfToken }: Answer = await csrf.json();
  const body = new URLSearchParams({ ...fields, csrfToken: csrfToken ?? "", json: "true" });
  const answer = await fetch(`/api/auth/${path}`, { method: "POST", body });
  if (!answer.ok) throw await failedAnswer(answer);
  const { url }: Answer = await answer.json();
  return url ?? "/";
}
