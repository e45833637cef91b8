import { z } from "zod";
import { keyScopes } from "../keys";
import { orgRoles, publicId, type Scope } from "../platform";
import { listFields, listSchema } from "../platform/list";
import { deletedSchema } from "../platform/schemas/deleted";
import { lineOfText } from "../platform/schemas/line-of-text";
import { homepageSchema, redirectUriSchema } from "./apps/app-urls";

/** The most apps that one organization can register. */
export const MAX_APPS = 20;
export const MAX_REDIRECT_URIS = 10;
/** How long the previous secret works beside the new one after a rotation. */
export const SECRET_OVERLAP_HOURS = 24;
/** The largest logo that can be uploaded; we store a PNG of our own made from it. */
export const MAX_LOGO_BYTES = 512 * 1024;

/**
 * The scopes that an app can be given: a key's, for the same reason. Only people manage keys, members and payment. Whose requests it
 * sees is not asked: those that its person sees.
 */
export const appScopes: readonly Scope[] = keyScopes.filter((scope) => scope !== "requests:read_all");
/** OpenID Connect's scopes: what an app learns about the person. */
export const identityScopes = ["openid", "profile", "email"] as const;
export type IdentityScope = (typeof identityScopes)[number];
export type GrantedScope = Scope | IdentityScope;

const known: ReadonlySet<string> = new Set([...identityScopes, ...appScopes]);

export function isGrantedScope(text: string): text is GrantedScope {
  return known.has(text);
}

const grantedScopeSchema = z.string().refine(isGrantedScope, "is not a scope that an app can have");

/** No app can be named like us, because people trust the name on the consent page. */
const appName = lineOfText({ max: 60 }).refine(
  (name) => !/a\W*g\W*a\W*t\W*h\W*a/iu.test(name.normalize("NFKC")),
  "must not contain our own name",
);
/** None for an app that is connected from devices alone; `assertReachable` asks for one elsewhere. */
const redirectUris = z
  .array(redirectUriSchema)
  .max(MAX_REDIRECT_URIS, `must have at most ${MAX_REDIRECT_URIS} entries`)
  .transform((uris) => [...new Set(uris)]);
const requestedScopes = z
  .array(grantedScopeSchema)
  .min(1, "must name at least one scope")
  .max(known.size)
  .transform((scopes) => [...new Set(scopes)]);
const logo = z.base64().max(Math.ceil((MAX_LOGO_BYTES * 4) / 3) + 4, "must be at most 512 KB");

export const registerAppInputSchema = z.strictObject({
  name: appName,
  homepage_url: homepageSchema,
  redirect_uris: redirectUris,
  scopes: requestedScopes,
  confidential: z.boolean(),
  /** Whether people may connect it from a device without a browser (RFC 8628); not unless it says so. */
  device_flow: z.boolean().optional(),
  logo: logo.optional(),
});
export const updateAppInputSchema = z.strictObject({
  id: publicId("app"),
  name: appName.optional(),
  homepage_url: homepageSchema.optional(),
  redirect_uris: redirectUris.optional(),
  scopes: requestedScopes.optional(),
  device_flow: z.boolean().optional(),
  /** Null takes the logo away. */
  logo: logo.nullable().optional(),
});
export const appIdInputSchema = z.strictObject({ id: publicId("app") });
export const listAppsInputSchema = z.strictObject(listFields(50));

export const appViewSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  homepage_url: z.string(),
  redirect_uris: z.array(z.string()),
  scopes: z.array(z.string()),
  confidential: z.boolean(),
  device_flow: z.boolean(),
  logo_url: z.string().nullable(),
  /** Until when the previous secret still works. */
  previous_secret_until: z.iso.datetime().nullable(),
  /** People who are connected to it now. */
  people: z.int().nonnegative(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
/** `client_secret` is shown once; null for a public app. */
export const appWithSecretSchema = appViewSchema.extend({ client_secret: z.string().nullable() });
export const rotatedAppSecretSchema = z.strictObject({
  client_secret: z.string(),
  previous_secret_until: z.iso.datetime(),
});
export const appListSchema = listSchema(appViewSchema);
export const deletedAppSchema = deletedSchema("app");

export const revokeConnectionInputSchema = z.strictObject({
  app_id: publicId("app"),
  organization_id: publicId("org"),
});
export const connectionViewSchema = z.strictObject({
  app: z.strictObject({
    id: z.string(),
    name: z.string(),
    homepage_url: z.string(),
    logo_url: z.string().nullable(),
  }),
  organization: z.strictObject({ id: z.string(), name: z.string() }),
  scopes: z.array(z.string()),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
  /** When the person has to agree again. */
  expires_at: z.iso.datetime(),
});
export const connectionListSchema = z.strictObject({ data: z.array(connectionViewSchema) });
export const revokedConnectionSchema = z.strictObject({ revoked: z.int().nonnegative() });

/** What the consent page shows of an authorization request. */
export const consentRequestSchema = z.strictObject({
  app: z.strictObject({
    id: z.string(),
    name: z.string(),
    homepage_url: z.string(),
    logo_url: z.string().nullable(),
    developer: z.string(),
  }),
  /** Nobody connects an app before their email is verified. */
  person: z.strictObject({ name: z.string(), email: z.string(), email_verified: z.boolean() }),
  /** The host of the redirect URI, to which the person is sent back; null for a device, to which they go back themselves. */
  redirect_host: z.string().nullable(),
  scopes: z.array(grantedScopeSchema),
  organizations: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      role: z.enum(orgRoles),
      current: z.boolean(),
      /** Requested scopes that the person's role there does not have; the grant leaves them out. */
      withheld: z.array(grantedScopeSchema),
    }),
  ),
});
export const consentDecisionSchema = z.discriminatedUnion("decision", [
  z.strictObject({ decision: z.literal("allow"), organization_id: publicId("org") }),
  z.strictObject({ decision: z.literal("deny") }),
]);

/** What a person types off a device: letters and digits in either case, with or without the dash. */
const userCodeSchema = z
  .string()
  .max(32)
  .transform((text) => text.toUpperCase().replace(/[^A-Z0-9]/g, ""));
export const deviceRequestInputSchema = z.strictObject({ user_code: userCodeSchema });
export const deviceDecisionSchema = z.discriminatedUnion("decision", [
  z.strictObject({
    user_code: userCodeSchema,
    decision: z.literal("allow"),
    organization_id: publicId("org"),
  }),
  z.strictObject({ user_code: userCodeSchema, decision: z.literal("deny") }),
]);
/** What the page shows of a device's request, beside what it shows of any app's. */
export const deviceRequestSchema = consentRequestSchema.extend({
  /** As the device shows it: `BCDF-GHJK`. */
  user_code: z.string(),
  device: z.strictObject({
    /** "Firefox on Windows", or what else is known of the program that asks. */
    name: z.string(),
    asked_at: z.iso.datetime(),
    /** Whether it asks from the reader's own network. */
    same_network: z.boolean(),
  }),
});

export type RegisterAppInput = z.output<typeof registerAppInputSchema>;
export type UpdateAppInput = z.output<typeof updateAppInputSchema>;
export type AppView = z.output<typeof appViewSchema>;
export type AppWithSecret = z.output<typeof appWithSecretSchema>;
export type ConnectionView = z.output<typeof connectionViewSchema>;
export type ConsentRequest = z.output<typeof consentRequestSchema>;
export type DeviceRequest = z.output<typeof deviceRequestSchema>;
