import { z } from "zod";
import { orgRoleSchema } from "../../orgs";
import { env } from "../../platform/env";
import { leadsOutside } from "../../platform/network/public-address";
import { lineOfText } from "../../platform/schemas/line-of-text";

const issuerSchema = z
  .string()
  .trim()
  .max(500, "must be at most 500 characters")
  .superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem, input: text });
  })
  .meta({
    description: "The issuer, exactly as your identity provider writes it. Its discovery document is read.",
    example: "https://example.okta.com",
  });

function problemOf(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a URL, such as https://example.okta.com";
  const url = new URL(text);
  const open = env().AGATHA_PRIVATE_IDENTITY_PROVIDERS;
  if (url.protocol !== "https:" && !(open && url.protocol === "http:")) return "must start with https://";
  if (url.username !== "" || url.password !== "") return "must not contain a user name or password";
  if (url.hash !== "" || url.search !== "") return "must not contain a query or fragment";
  return open || leadsOutside(url) ? undefined : "must be a public address";
}

const defaultRoleSchema = orgRoleSchema
  .exclude(["owner"])
  .meta({ description: "The role of people who become members by signing in." });

export const setConnectionInputSchema = z.strictObject({
  issuer: issuerSchema,
  client_id: lineOfText({ max: 500 }),
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

export const connectionViewSchema = z.object({
  id: z.string().meta({ example: "con_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  issuer: z.string(),
  client_id: z.string(),
  default_role: orgRoleSchema,
  enforced: z.boolean(),
  sign_in_url: z.string().meta({ description: "Signs in through the company directly." }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export const companySignInViewSchema = z.object({
  connection: connectionViewSchema.nullable(),
  redirect_uri: z.string().meta({ description: "The redirect URI to enter at your identity provider." }),
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
