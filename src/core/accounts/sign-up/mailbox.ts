/** Mail to these goes to people of any employer: one domain, millions of mailboxes. */
const freeMailDomains: ReadonlySet<string> = new Set([
  ...[
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "ymail.com",
    "icloud.com",
  ],
  ...[
    "me.com",
    "mac.com",
    "aol.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "fastmail.com",
    "hey.com",
    "zoho.com",
  ],
  ...["gmx.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org"],
  ...[
    "orange.fr",
    "free.fr",
    "laposte.net",
    "libero.it",
    "seznam.cz",
    "wp.pl",
    "o2.pl",
    "interia.pl",
    "bluewin.ch",
  ],
  ...[
    "hotmail.co.uk",
    "hotmail.fr",
    "yahoo.co.uk",
    "yahoo.fr",
    "yahoo.co.jp",
    "yahoo.co.in",
    "btinternet.com",
  ],
  ...["qq.com", "163.com", "126.com", "sina.com", "naver.com", "daum.net", "hanmail.net", "rediffmail.com"],
  ...["mail.ru", "yandex.ru", "yandex.com", "ukr.net", "uol.com.br", "bol.com.br", "terra.com.br"],
]);

/** Other names of the same mailboxes. */
const sameDomain: Readonly<Record<string, string>> = {
  "googlemail.com": "gmail.com",
  "pm.me": "proton.me",
  "protonmail.com": "proton.me",
  "yandex.com": "yandex.ru",
  "me.com": "icloud.com",
  "mac.com": "icloud.com",
};
/** Where dots in the local part mean nothing. */
const ignoresDots: ReadonlySet<string> = new Set(["gmail.com"]);
/** No mail reaches these (RFC 2606, RFC 6761), so no account under them can ever be verified. */
const reserved = /(^|\.)(example|invalid|localhost|test|example\.(com|net|org))$/;

export interface Mailbox {
  /** One text for all spellings that the same person reads: without `+tag`, and without dots where they mean nothing. */
  canonical: string;
  /** The domain that somebody registered: `a.b.example.co.uk` → `example.co.uk`. */
  domain: string;
  kind: "own" | "free" | "reserved";
}

/** Reads an address that has been normalized and checked. */
export function mailboxOf(email: string): Mailbox {
  const at = email.lastIndexOf("@");
  const named = email.slice(at + 1);
  const host = sameDomain[named] ?? named;
  const untagged = email.slice(0, at).replace(/\+.*$/s, "") || email.slice(0, at);
  const local = ignoresDots.has(host) ? untagged.replaceAll(".", "") : untagged;
  const domain = registeredDomain(host);
  return {
    canonical: `${local}@${host}`,
    domain,
    kind: reserved.test(host) ? "reserved" : freeMailDomains.has(host) ? "free" : "own",
  };
}

/**
 * Without a list of public suffixes: two labels, or three where the last two read like `co.uk` or `com.br`. Mistaking one only
 * makes a limit wider or narrower.
 */
function registeredDomain(host: string): string {
  const labels = host.split(".");
  const [second = "", top = ""] = labels.slice(-2);
  const isSuffix = top.length === 2 && /^(ac|co|com|edu|gob|gov|ne|net|nom|or|org)$/.test(second);
  return labels.slice(isSuffix ? -3 : -2).join(".");
}
