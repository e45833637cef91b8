import {
  companySignInViewSchema,
  findCompany,
  findCompanyInputSchema,
  foundCompanyViewSchema,
  getCompanySignIn,
  removeConnection,
  removedConnectionViewSchema,
  setConnection,
  setConnectionInputSchema,
} from "@agathaai/core/company-sign-in";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { publicProcedure, router, userProcedure } from "../../trpc";

const tag = "Company sign-in";
const path = "/api/v1/organization/company-sign-in";
const nothing = z.strictObject({}).optional();

const example = {
  connection: {
    id: "con_01m844dwt2e7xshsqpzrgk79p6",
    kind: "oidc",
    issuer: "https://example.okta.com",
    client_id: "0oa8f2k1xyzABCDEF5d7",
    sso_url: null,
    certificates: [],
    default_role: "developer",
    enforced: false,
    sign_in_url: "https://agathaai.com/api/auth/company/start/con_01m844dwt2e7xshsqpzrgk79p6",
    created_at: "2026-12-02T09:10:00.000Z",
    updated_at: "2026-12-02T09:10:00.000Z",
  },
  redirect_uri: "https://agathaai.com/api/auth/company/callback",
  saml: {
    entity_id: "https://agathaai.com/api/auth/company/saml",
    acs_url: "https://agathaai.com/api/auth/company/saml/acs",
    metadata_url: "https://agathaai.com/api/auth/company/saml/metadata",
  },
  available: true,
};

export const companySignInRouter = router({
  /** Only for the sign-in page. */
  find: publicProcedure(unaudited("changes_nothing"))
    .input(findCompanyInputSchema)
    .output(foundCompanyViewSchema)
    .mutation(({ ctx, input }) => findCompany(ctx.db, input)),

  get: userProcedure(unaudited("settings"), "members:write")
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "getCompanySignIn",
        tag,
        summary: "Get company sign-in",
        description:
          "Returns your organization's connection to its identity provider, without its secret, and the redirect URI to enter there. For owners and admins.",
        responses: {
          200: {
            name: "CompanySignIn",
            description: "The connection, or null.",
            schema: companySignInViewSchema,
            example,
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(companySignInViewSchema)
    .query(({ ctx }) => getCompanySignIn(ctx.db, ctx.principal)),

  set: userProcedure(writes("company.connection_changed"), "members:write")
    .meta({
      stepUp: true,
      rateLimit: "costly",
      operation: {
        method: "PUT",
        path,
        operationId: "setCompanySignIn",
        tag,
        summary: "Set company sign-in",
        description:
          "Connects your organization to its identity provider by OpenID Connect, after reading its discovery document, or by SAML 2.0 (`kind`), whose settings the provider's metadata can say. People with an address of a verified domain then sign in there, and become members with the default role. With `enforced` they can work in the organization by no other sign-in; it ends what members granted apps, and takes a sign-in through the company first. Part of the Enterprise plan.",
        responses: {
          200: {
            name: "CompanySignIn",
            description: "The connection.",
            schema: companySignInViewSchema,
            example,
          },
        },
        requestExample: {
          issuer: "https://example.okta.com",
          client_id: "0oa8f2k1xyzABCDEF5d7",
          client_secret: "your-client-secret",
          default_role: "developer",
          enforced: false,
        },
        errors: ["conflict", "plan_required"],
      },
    })
    .input(setConnectionInputSchema)
    .output(companySignInViewSchema)
    .mutation(({ ctx, input }) => setConnection(ctx.db, { principal: ctx.principal, input })),

  remove: userProcedure(writes("company.connection_removed"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "DELETE",
        path,
        operationId: "removeCompanySignIn",
        tag,
        summary: "Remove company sign-in",
        description:
          "Removes the connection. Members stay members; those without a password set one by a password reset.",
        responses: {
          200: {
            name: "RemovedCompanySignIn",
            description: "The connection is removed.",
            schema: removedConnectionViewSchema,
            example: { removed: true },
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(removedConnectionViewSchema)
    .mutation(({ ctx }) => removeConnection(ctx.db, { principal: ctx.principal })),
});
