import { z } from "zod";

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Where an app is sent its codes: HTTPS, or plain HTTP to the reader's own machine. It is kept as it was written and compared
 * letter by letter (RFC 9700 §2.1), so whatever two parsers could read in two ways is refused here: user names,
 * fragments, wildcards, dot segments, backslashes.
 */
export const redirectUriSchema = z
  .string()
  .trim()
  .max(500, "must be at most 500 characters")
  .superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem, input: text });
  });

function problemOf(text: string): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(text) || /[\\*<>"{}|^`]/.test(text) || !URL.canParse(text))
    return "must be a URL, such as https://example.com/callback";
  const url = new URL(text);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback.test(url.hostname)))
    return "must start with https://, or with http://localhost for an app on the reader’s own machine";
  if (url.username !== "" || url.password !== "" || text.includes("@"))
    return "must not contain a user name or password";
  if (text.includes("#")) return "must not contain a fragment (#)";
  if (url.hostname.endsWith(".")) return "must not end its host with a dot";
  return isAsWritten(text, url) ? undefined : `must be written as ${url.href}`;
}

/** The parser changes nothing, except for the slash after a bare host. */
function isAsWritten(text: string, url: URL): boolean {
  return url.href === text || (url.pathname === "/" && url.href === `${text}/`);
}

export const homepageSchema = z
  .string()
  .trim()
  .max(500, "must be at most 500 characters")
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password } = new URL(text);
    return protocol === "https:" && hostname.includes(".") && username === "" && password === "";
  }, "must be a public URL that starts with https://")
  .transform((text) => new URL(text).href);
