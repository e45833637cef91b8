import type { Mutation } from "../mutation";

const company = "src/server/auth/company";
const saml = "src/core/company-sign-in/saml";
const refused = (row: string) => ({ file: `${saml}/read-assertion.test.ts`, title: "%s", row });
const links = (title: string) => ({ file: `${company}/login-csrf.integration.test.ts`, title });

export const ofCompanies: readonly Mutation[] = [
  {
    statement: 43,
    protection: "a SAML assertion is for us",
    file: `${saml}/service-provider.ts`,
    find: "audience: entityId(),",
    replace: "audience: false,",
    test: refused("for another audience"),
  },
  {
    statement: 43,
    protection: "it is posted to our own address",
    file: `${saml}/read-assertion.ts`,
    find: "if (Recipient !== acsUrl())",
    replace: 'if (Recipient === "")',
    test: refused("for another recipient"),
  },
  {
    statement: 43,
    protection: "SHA-1 is not taken",
    file: `${saml}/inspect-response.ts`,
    find: '  "http://www.w3.org/2001/04/xmlenc#sha256",',
    replace: '  "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1",',
    test: refused("whose digest alone is SHA-1"),
  },
  {
    statement: 43,
    protection: "its time is within a minute of ours",
    file: `${saml}/service-provider.ts`,
    find: "acceptedClockSkewMs: SKEW_MS,",
    replace: "acceptedClockSkewMs: 60 * SKEW_MS,",
    test: { file: `${saml}/read-assertion.test.ts`, title: "may be a minute out by our clock and no more" },
  },
  {
    statement: 43,
    protection: "a response is of use to the browser that began alone",
    file: "src/core/company-sign-in/sign-in/finish-sign-in.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    find: " AND holder_hash = ${sha256(holder)}",
    replace: "",
    test: { file: `${company}/saml.integration.test.ts`, title: "is of use to the browser that began alone" },
  },
  {
    statement: 43,
    protection: "a response answers a request of ours",
    // The library checks it as well, unless it is told not to.
    file: `${saml}/read-assertion.ts`,
    find: "  const saml = serviceProvider(provider, { requestId, createdAt });\n",
    replace: [
      '  requestId = /InResponseTo="([^"]*)"/.exec(Buffer.from(response, "base64").toString())?.[1] ?? "";',
      "  const saml = serviceProvider(provider, { requestId, createdAt });",
      '  saml.options.validateInResponseTo = "never" as never;\n',
    ].join("\n"),
    test: {
      file: `${company}/saml.integration.test.ts`,
      title: "begins with us: what a provider sends unasked signs nobody in, whoever's request it names",
    },
  },
  {
    statement: 49,
    protection: "a sign-in begins on a page of ours",
    file: `${company}/handle-company-sign-in.ts`,
    find: "  if (!isFromOurPage(request)) {\n",
    replace: "  if (url.host === null) {\n",
    test: links(
      "by a link that is not on our own pages (%s) is asked first, and begins nothing until it says yes",
    ),
  },
  {
    statement: 49,
    protection: "and so does the proof of who is there",
    file: `${company}/handle-company-sign-in.ts`,
    find: "  if (!isFromOurPage(request)) return redirect(",
    replace: "  if (url.host === null) return redirect(",
    test: links("is asked to confirm who it is by our own pages only"),
  },
  {
    statement: 49,
    protection: "another site is not taken for ours where the browser names none",
    file: "src/server/auth/same-origin.ts",
    find: '  return Boolean(origin) && URL.canParse(origin ?? "") && new URL(origin ?? "").host === host;',
    replace: "  return Boolean(host);",
    test: links("that says nothing of where a link stands is believed by its referrer alone"),
  },
  {
    statement: 49,
    protection: "no page of ours leads on to a sign-in",
    file: "src/shared/own-path.ts",
    find: "if (/^\\/api(\\/|$)/.test(",
    replace: "if (/^\\/api-none$/.test(",
    test: links("is led on to another sign-in by none"),
  },
];
