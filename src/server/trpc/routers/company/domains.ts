import {
  addDomain,
  addDomainInputSchema,
  checkDomain,
  deletedDomainViewSchema,
  domainIdInputSchema,
  domainListViewSchema,
  domainViewSchema,
  GRACE_DAYS,
  listDomains,
  listDomainsInputSchema,
  removeDomain,
} from "@agathaai/core/company-sign-in";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Company sign-in";
const path = "/api/v1/organization/domains";

const pending = {
  id: "dom_01m844dwt2e7xshsqpzrgk79p6",
  domain: "example.com",
  status: "pending",
  record: {
    type: "TXT",
    name: "_agathaai.example.com",
    value: "agathaai-domain=Q2hlY2sgdGhlIHJlY29yZCBvZiB0aGlzIGRvbWFpbiE",
  },
  verified_at: null,
  checked_at: null,
  missing_since: null,
  created_at: "2026-12-02T09:00:00.000Z",
};
const verified = {
  ...pending,
  status: "verified",
  verified_at: "2026-12-02T09:05:00.000Z",
  checked_at: "2026-12-02T09:05:00.000Z",
};

export const domainsRouter = router({
  list: userProcedure(unaudited("settings"), "members:write")
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "listDomains",
        tag,
        summary: "List domains",
        description:
          "Lists your organization's domains with the DNS record that proves each of them. For owners and admins.",
        responses: {
          200: {
            name: "DomainList",
            description: "One page of domains.",
            schema: domainListViewSchema,
            example: { data: [verified], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listDomainsInputSchema)
    .output(domainListViewSchema)
    .query(({ ctx, input }) => listDomains(ctx.db, { orgId: ctx.principal.orgId, input })),

  add: userProcedure(writes("domain.added"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "POST",
        path,
        operationId: "addDomain",
        tag,
        summary: "Add a domain",
        description:
          "Adds a domain and returns the TXT record to publish. Once it is published, check the domain. Public suffixes and domains of free mail are refused. Part of the Enterprise plan.",
        responses: {
          201: { name: "Domain", description: "The domain.", schema: domainViewSchema, example: pending },
        },
        requestExample: { domain: "example.com" },
        errors: ["conflict", "plan_required"],
      },
    })
    .input(addDomainInputSchema)
    .output(domainViewSchema)
    .mutation(({ ctx, input }) => addDomain(ctx.db, { principal: ctx.principal, input })),

  check: userProcedure(writes("domain.verified"), "members:write")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "POST",
        path: `${path}/{id}/check`,
        operationId: "checkDomain",
        tag,
        summary: "Check a domain",
        description: `Looks for the TXT record. If it is there, the domain is \`verified\`, for one organization at a time. Leave the record in place: it is looked for again every six hours, and a domain whose record is missing for ${GRACE_DAYS} days is lost.`,
        responses: {
          200: {
            name: "Domain",
            description: "The domain and what was found.",
            schema: domainViewSchema,
            example: verified,
          },
        },
        errors: ["conflict", "plan_required", "service_unavailable"],
      },
    })
    .input(domainIdInputSchema)
    .output(domainViewSchema)
    .mutation(({ ctx, input }) => checkDomain(ctx.db, { principal: ctx.principal, id: input.id })),

  remove: userProcedure(writes("domain.removed"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "DELETE",
        path: `${path}/{id}`,
        operationId: "removeDomain",
        tag,
        summary: "Remove a domain",
        description: "Removes the domain. Company sign-in no longer works for its addresses.",
        responses: {
          200: {
            name: "DeletedDomain",
            description: "The domain is removed.",
            schema: deletedDomainViewSchema,
            example: { id: pending.id, object: "domain", deleted: true },
          },
        },
        errors: [],
      },
    })
    .input(domainIdInputSchema)
    .output(deletedDomainViewSchema)
    .mutation(({ ctx, input }) => removeDomain(ctx.db, { principal: ctx.principal, id: input.id })),
});
