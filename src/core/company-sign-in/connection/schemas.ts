import { z } from "zod";
import { orgRoleSchema } from "../../orgs";
import { env } from "../../platform/env";
import { leadsOutside } from "../../platform/network/public-address";
import { lineOfText } from "../../platform/schemas/line-of-text";
import { MAX_METADATA } from "../saml/read-metadata";
import { certificateSchema } from "./certificates";
import { settingsFrom } from "./settings-from-metadata";

const issuerSchema = lineOfText({ max: 500 }).meta({
  description:
    "The issuer, exactly as your identity provider writes it. With OpenID Connect its discovery document is read; with SAML it is the provider's entity ID.",
  example: "https://example.okta.com",
});

function problemOf(text: string, { query = false } = {}): string | undefined {
  if (!URL.canParse(text)) return "must be a URL, such as https://example.okta.com";
  const url = new URL(text);
  const open = env().AGATHA_PRIVATE_IDENTITY_PROVIDERS;
  if (url.protocol !== "https:" && !(open && url.protocol === "http:")) return "must start with https://";
  if (url.username !== "" || url.password !== "") return "must not contain a user name or password";
  if (!query && (url.hash !== "" || url.search !== "")) return "must not contain a query or fragment";
  return open || leadsOutside(url) ? undefined : "must be a public address";
}

const named = (what: string, problem: string | undefined) =>
  problem === undefined ? undefined : `${what} ${problem}`;

const defaultRoleSchema = orgRoleSchema
  .exclude(["owner"])
  .meta({ description: "The role of people who become members by signing in." });

const fields = z.strictObject({
  kind: z.enum(["oidc", "saml"]).default("oidc").meta({
    description:
      "OpenID Connect, which needs `issuer`, `client_id` and `client_secret`, or SAML 2.0, which needs `metadata`, or `issuer`, `sso_url` and `certificates`.",
  }),
  issuer: issuerSchema.optional(),
  metadata: z
    .string()
    .min(1, "must not be empty")
    .max(MAX_METADATA, `must be at most ${MAX_METADATA / 1024} KB; paste the metadata of one provider`)
    .optional()
    .meta({
      description:
        "SAML: the provider's metadata (XML). Its entity ID, sign-in URL and signing certificates are taken from it, in place of `issuer`, `sso_url` and `certificates`. Nothing that it links to is read; a signature over it is not verified.",
    }),
  client_id: lineOfText({ max: 500 }).optional(),
  sso_url: lineOfText({ max: 500 }).optional().meta({
    description: "SAML: where sign-ins begin, for the binding HTTP-Redirect.",
    example: "https://example.okta.com/app/agathaai/exk1/sso/saml",
  }),
  certificates: z
    .array(certificateSchema)
    .min(1, "must name at least one")
    .max(2, "must name two at most")
    .optional()
    .meta({
      description:
        "SAML: the certificates by which your provider signs assertions; two while one replaces the other. Without them the present ones stay, unless the issuer changes.",
    }),
  client_secret: z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(2_000, "must be at most 2000 characters")
    .regex(/^[\x21-\x7e]*$/, "must have no spaces and only ASCII characters")
    .optional()
    .meta({
      description:
        "Stored encrypted and never shown again. Without it the present one stays, unless issuer or client ID change.",
    }),
  default_role: defaultRoleSchema.default("developer"),
  enforced: z.boolean().default(false).meta({
    description:
      "Members with an address of a verified domain can work in the organization only after signing in through the company. Owners with a second factor that is at least a day old still can without.",
  }),
});

/** What a kind of connection needs, and an issuer whose documents are fetched. */
export const setConnectionInputSchema = fields.superRefine((input, context) => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message, input });
  if (input.metadata !== undefined) {
    if (input.kind === "oidc") return refuse("metadata", "is of SAML alone");
    for (const name of ["issuer", "sso_url", "certificates"] as const)
      if (input[name] !== undefined) refuse(name, "is read from the metadata; leave it out");
    if (input.metadata.length > MAX_METADATA) return;
    const read = settingsFrom(input.metadata);
    const wrong =
      "problem" in read
        ? read.problem
        : named("SingleSignOnService", problemOf(read.sso_url, { query: true }));
    if (wrong !== undefined) refuse("metadata", wrong);
    return;
  }
  if (input.issuer === undefined) return refuse("issuer", "is missing");
  if (input.kind === "oidc") {
    const problem = problemOf(input.issuer);
    if (problem !== undefined) refuse("issuer", problem);
    if (input.client_id === undefined) refuse("client_id", "is missing");
    return;
  }
  const problem = input.sso_url === undefined ? "is missing" : problemOf(input.sso_url, { query: true });
  if (problem !== undefined) refuse("sso_url", problem);
});

export const connectionViewSchema = z.object({
  id: z.string().meta({ example: "con_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  kind: z.enum(["oidc", "saml"]),
  issuer: z.string(),
  client_id: z.string().nullable().meta({ description: "Null with SAML." }),
  sso_url: z.string().nullable().meta({ description: "Null with OpenID Connect." }),
  certificates: z.array(
    z.object({
      fingerprint: z.string().meta({ description: "SHA-256." }),
      expires_at: z.iso.datetime(),
    }),
  ),
  default_role: orgRoleSchema,
  enforced: z.boolean(),
  sign_in_url: z.string().meta({ description: "Signs in through the company directly." }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export const companySignInViewSchema = z.object({
  connection: connectionViewSchema.nullable(),
  redirect_uri: z.string().meta({ description: "The redirect URI to enter at your identity provider." }),
  saml: z
    .object({ entity_id: z.string(), acs_url: z.string(), metadata_url: z.string() })
    .meta({ description: "What to enter at an identity provider that speaks SAML, or its metadata." }),
  available: z.boolean().meta({ description: "Whether your plan has company sign-in." }),
});
export const removedConnectionViewSchema = z.object({ removed: z.literal(true) });

export const findCompanyInputSchema = z.strictObject({
  email: z.string().trim().max(1_024, "must be a valid email address"),
});
export const foundCompanyViewSchema = z.object({
  start: z
    .string()
    .nullable()
    .meta({ description: "Where the company's sign-in begins; null where the domain has none." }),
});

export type SetConnectionInput = z.output<typeof setConnectionInputSchema>;
export type ConnectionView = z.output<typeof connectionViewSchema>;
export type CompanySignInView = z.output<typeof companySignInViewSchema>;
