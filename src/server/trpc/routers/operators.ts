import {
  auditListSchema,
  listAudit,
  listOperatorAudit,
  listOperatorAuditInputSchema,
  operatorAuditListSchema,
} from "@agathaai/core/audit";
import { stripeIfSetUp } from "@agathaai/core/billing";
import {
  handleInquiry,
  inquiryIdInputSchema,
  inquiryListSchema,
  inquiryViewSchema,
  listInquiries,
  listInquiriesInputSchema,
  readInquiry,
} from "@agathaai/core/inquiries";
import {
  endOverride,
  endOverrideInputSchema,
  findOrganizations,
  findOrganizationsInputSchema,
  listModelSwitches,
  listOrganizations,
  listOrganizationsInputSchema,
  modelSwitchListSchema,
  openOrganization,
  organizationAuditInputSchema,
  organizationDetailSchema,
  organizationIdSchema,
  organizationListSchema,
  overridePlan,
  overridePlanInputSchema,
  queuesViewSchema,
  readQueues,
  redrive,
  redrivenSchema,
  switchModel,
  switchModelInputSchema,
} from "@agathaai/core/operators";
import { z } from "zod";
import { operatorProcedure, router } from "../trpc";

const nothing = z.strictObject({}).optional();

/** The console of those who run the product. Of the portal alone, and of no customer's rights. */
export const operatorsRouter = router({
  organizations: operatorProcedure
    .input(listOrganizationsInputSchema)
    .output(organizationListSchema)
    .query(({ ctx, input }) => listOrganizations(ctx.db, input)),

  /** A mutation for its verb alone: an address must be in no URL. */
  findOrganizations: operatorProcedure
    .input(findOrganizationsInputSchema)
    .output(organizationListSchema)
    .mutation(({ ctx, input }) => findOrganizations(ctx.db, input)),

  organization: operatorProcedure
    .input(organizationIdSchema)
    .output(organizationDetailSchema)
    .query(({ ctx, input }) =>
      openOrganization(ctx.db, { orgId: input.id, operatorId: ctx.principal.userId }),
    ),

  organizationAudit: operatorProcedure
    .input(organizationAuditInputSchema)
    .output(auditListSchema)
    .query(({ ctx, input: { id: orgId, cursor } }) =>
      listAudit(ctx.db, { orgId, cursor, limit: 25, requests: false }),
    ),

  overridePlan: operatorProcedure
    .input(overridePlanInputSchema)
    .output(organizationDetailSchema)
    .mutation(({ ctx, input }) =>
      overridePlan(ctx.db, stripeIfSetUp(), { operatorId: ctx.principal.userId, input }),
    ),

  endOverride: operatorProcedure
    .input(endOverrideInputSchema)
    .output(organizationDetailSchema)
    .mutation(({ ctx, input }) =>
      endOverride(ctx.db, stripeIfSetUp(), { operatorId: ctx.principal.userId, input }),
    ),

  models: operatorProcedure
    .input(nothing)
    .output(modelSwitchListSchema)
    .query(({ ctx }) => listModelSwitches(ctx.db)),

  switchModel: operatorProcedure
    .input(switchModelInputSchema)
    .output(modelSwitchListSchema)
    .mutation(({ ctx, input }) => switchModel(ctx.db, { operatorId: ctx.principal.userId, input })),

  queues: operatorProcedure
    .input(nothing)
    .output(queuesViewSchema)
    .query(({ ctx }) => readQueues(ctx.db, ctx.queue)),

  redrive: operatorProcedure
    .input(nothing)
    .output(redrivenSchema)
    .mutation(({ ctx }) => redrive(ctx.db, ctx.queue, { operatorId: ctx.principal.userId })),

  inquiries: operatorProcedure
    .input(listInquiriesInputSchema)
    .output(inquiryListSchema)
    .query(({ ctx, input }) => listInquiries(ctx.db, input)),

  inquiry: operatorProcedure
    .input(inquiryIdInputSchema)
    .output(inquiryViewSchema)
    .query(({ ctx, input }) => readInquiry(ctx.db, input.id)),

  handleInquiry: operatorProcedure
    .input(inquiryIdInputSchema)
    .output(inquiryViewSchema)
    .mutation(({ ctx, input }) => handleInquiry(ctx.db, { id: input.id, operatorId: ctx.principal.userId })),

  audit: operatorProcedure
    .input(listOperatorAuditInputSchema)
    .output(operatorAuditListSchema)
    .query(({ ctx, input }) => listOperatorAudit(ctx.db, input)),
});
