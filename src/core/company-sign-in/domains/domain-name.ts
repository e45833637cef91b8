import { domainToASCII } from "node:url";
import { parse } from "tldts";
import { z } from "zod";

/** Where anybody gets a mailbox: whoever owns such a domain does not employ the people who have its addresses. */
const freeMail: ReadonlySet<string> = new Set(
  `aol.com duck.com fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com
  hotmail.co.uk hotmail.com hotmail.de hotmail.fr hushmail.com icloud.com inbox.com laposte.net libero.it live.com
  mac.com mail.com mail.ru mailbox.org me.com msn.com naver.com orange.fr outlook.com outlook.de outlook.fr pm.me
  posteo.de proton.me protonmail.com qq.com rocketmail.com t-online.de tutanota.com web.de yahoo.co.jp yahoo.co.uk
  yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com 126.com 163.com`.split(/\s+/),
);

/** A domain as it stands behind the @ of an address: lower case, ASCII, without a dot at its end. */
export const domainSchema = z
  .string()
  .trim()
  .max(253, "must be at most 253 characters")
  .transform((text, context) => {
    const domain = domainToASCII(text.replace(/\.$/, "")).toLowerCase();
    const problem = problemOf(domain);
    if (problem === undefined) return domain;
    context.issues.push({ code: "custom", message: problem, input: text });
    return z.NEVER;
  })
  .meta({ example: "example.com" });

function problemOf(domain: string): string | undefined {
  if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(domain))
    return "must be a domain, such as example.com";
  // Names of the list's private part too: whoever has a page at github.io does not own github.io.
  const { domain: registrable, isIcann, isPrivate } = parse(domain, { allowPrivateDomains: true });
  if (registrable === null) return "is a public suffix, below which anybody can have a domain";
  if (!isIcann && !isPrivate) return "must end in a public top-level domain";
  if (freeMail.has(domain)) return "is a domain at which anybody can have a mailbox";
  return undefined;
}
