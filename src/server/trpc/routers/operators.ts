import {
  auditListSchema,
  listAuditAsOperator,
  listOperatorAudit,
  listOperatorAuditInputSchema,
  operatorAuditListSchema,
  operatorDeeds,
  operatorDeedsInputSchema,
  operatorDeedsSchema,
  operatorSignIns,
  operatorSignInsInputSchema,
  operatorSignInsSchema,
  reviewListInputSchema,
} from "@agathaai/core/audit";
import {
  handleIncident,
  incidentIdInputSchema,
  incidentListSchema,
  listIncidents,
  stripeIfSetUp,
} from "@agathaai/core/billing";
import {
  handleInquiry,
  inquiryIdInputSchema,
  inquiryListSchema,
  inquiryViewSchema,
  listInquiries,
  readInquiry,
} from "@agathaai/core/inquiries";
import {
  holdInputSchema,
  holdListSchema,
  listHolds,
  listHoldsInputSchema,
  placeHold,
  releaseHold,
} from "@agathaai/core/legal-holds";
import {
  endOverride,
  endOverrideInputSchema,
  findOrganizations,
  findOrganizationsInputSchema,
  getOrganization,
  listModelSwitches,
  listModelSwitchesInputSchema,
  listOrganizations,
  listOrganizationsInputSchema,
  listSuspensions,
  listSuspensionsInputSchema,
  modelSwitchListSchema,
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
  reinstate,
  reinstateInputSchema,
  suspend,
  suspendInputSchema,
  suspensionListSchema,
  switchModel,
  switchModelInputSchema,
} from "@agathaai/core/operators";
import { readComparisons, usageDriftInputSchema, usageDriftSchema } from "@agathaai/core/usage";
import { z } from "zod";
import { unaudited, writes } from "../middleware/audited";
import { operatorMutation, operatorProcedure, router } from "../trpc";
import { noticeProcedures } from "./status";

const nothing = z.strictObject({}).optional();

/** The operator console's calls: only in the portal, and outside every customer's roles. */
export const operatorsRouter = router({
  organizations: operatorProcedure(writes("operator.organization_listed"))
    .input(listOrganizationsInputSchema)
    .output(organizationListSchema)
    .query(({ ctx, input }) => listOrganizations(ctx.db, { operatorId: ctx.principal.userId, input })),

  /** A mutation only because it must be a POST: an email must not be in a URL. */
  findOrganizations: operatorProcedure(writes("operator.organization_listed"))
    .input(findOrganizationsInputSchema)
    .output(organizationListSchema)
    .mutation(({ ctx, input }) => findOrganizations(ctx.db, { operatorId: ctx.principal.userId, input })),

  organization: operatorProcedure(writes("operator.organization_read"))
    .input(organizationIdSchema)
    .output(organizationDetailSchema)
    .query(({ ctx, input }) =>
      getOrganization(ctx.db, { orgId: input.id, operatorId: ctx.principal.userId }),
    ),

  organizationAudit: operatorProcedure(writes("operator.audit_read"))
    .input(organizationAuditInputSchema)
    .output(auditListSchema)
    .query(({ ctx, input: { id: orgId, ...query } }) =>
      listAuditAsOperator(ctx.db, { operatorId: ctx.principal.userId, orgId, ...query, requests: false }),
    ),

  overridePlan: operatorMutation(
    writes("org.plan_overridden", "org.plan_override_ended", "operator.organization_read"),
  )
    .input(overridePlanInputSchema)
    .output(organizationDetailSchema)
    .mutation(({ ctx, input }) =>
      overridePlan(ctx.db, stripeIfSetUp(), { operatorId: ctx.principal.userId, input }),
    ),

  endOverride: operatorMutation(writes("org.plan_override_ended", "operator.organization_read"))
    .input(endOverrideInputSchema)
    .output(organizationDetailSchema)
    .mutation(({ ctx, input }) =>
      endOverride(ctx.db, stripeIfSetUp(), { operatorId: ctx.principal.userId, input }),
    ),

  suspensions: operatorProcedure(unaudited("not_a_customers"))
    .input(listSuspensionsInputSchema)
    .output(suspensionListSchema)
    .query(({ ctx, input }) => listSuspensions(ctx.db, input)),

  suspend: operatorMutation(writes("operator.suspended"))
    .input(suspendInputSchema)
    .output(z.strictObject({ suspended: z.literal(true) }))
    .mutation(({ ctx, input }) => suspend(ctx.db, { operatorId: ctx.principal.userId, input })),

  reinstate: operatorMutation(writes("operator.reinstated"))
    .input(reinstateInputSchema)
    .output(z.strictObject({ suspended: z.literal(false) }))
    .mutation(({ ctx, input }) => reinstate(ctx.db, { operatorId: ctx.principal.userId, input })),

  holds: operatorProcedure(unaudited("not_a_customers"))
    .input(listHoldsInputSchema)
    .output(holdListSchema)
    .query(({ ctx, input }) => listHolds(ctx.db, input)),

  placeHold: operatorMutation(writes("operator.hold_placed"))
    .input(holdInputSchema)
    .output(z.strictObject({ held: z.literal(true) }))
    .mutation(({ ctx, input }) => placeHold(ctx.db, { operatorId: ctx.principal.userId, input })),

  releaseHold: operatorMutation(writes("operator.hold_released"))
    .input(holdInputSchema)
    .output(z.strictObject({ held: z.literal(false) }))
    .mutation(({ ctx, input }) => releaseHold(ctx.db, { operatorId: ctx.principal.userId, input })),

  models: operatorProcedure(unaudited("not_a_customers"))
    .input(listModelSwitchesInputSchema)
    .output(modelSwitchListSchema)
    .query(({ ctx, input }) => listModelSwitches(ctx.db, input)),

  switchModel: operatorMutation(writes("operator.model_switched"))
    .input(switchModelInputSchema)
    .output(modelSwitchListSchema)
    .mutation(({ ctx, input }) => switchModel(ctx.db, { operatorId: ctx.principal.userId, input })),

  queues: operatorProcedure(unaudited("not_a_customers"))
    .input(nothing)
    .output(queuesViewSchema)
    .query(({ ctx }) => readQueues(ctx.db, ctx.queue)),

  usageDrift: operatorProcedure(unaudited("not_a_customers"))
    .input(usageDriftInputSchema)
    .output(usageDriftSchema)
    .query(({ ctx, input }) => readComparisons(ctx.db, input)),

  redrive: operatorMutation(writes("operator.queue_redriven"))
    .input(nothing)
    .output(redrivenSchema)
    .mutation(({ ctx }) => redrive(ctx.db, ctx.queue, { operatorId: ctx.principal.userId })),

  inquiries: operatorProcedure(writes("operator.inquiry_listed"))
    .input(reviewListInputSchema)
    .output(inquiryListSchema)
    .query(({ ctx, input }) => listInquiries(ctx.db, { operatorId: ctx.principal.userId, input })),

  inquiry: operatorProcedure(writes("operator.inquiry_read"))
    .input(inquiryIdInputSchema)
    .output(inquiryViewSchema)
    .query(({ ctx, input }) => readInquiry(ctx.db, { id: input.id, operatorId: ctx.principal.userId })),

  handleInquiry: operatorMutation(writes("operator.inquiry_handled", "operator.inquiry_read"))
    .input(inquiryIdInputSchema)
    .output(inquiryViewSchema)
    .mutation(({ ctx, input }) => handleInquiry(ctx.db, { id: input.id, operatorId: ctx.principal.userId })),

  incidents: operatorProcedure(writes("operator.incident_listed"))
    .input(reviewListInputSchema)
    .output(incidentListSchema)
    .query(({ ctx, input }) => listIncidents(ctx.db, { operatorId: ctx.principal.userId, input })),

  handleIncident: operatorMutation(writes("operator.incident_handled"))
    .input(incidentIdInputSchema)
    .output(z.strictObject({ handled: z.literal(true) }))
    .mutation(({ ctx, input }) => handleIncident(ctx.db, { id: input.id, operatorId: ctx.principal.userId })),

  ...noticeProcedures,

  signIns: operatorProcedure(writes("operator.report_listed"))
    .input(operatorSignInsInputSchema)
    .output(operatorSignInsSchema)
    .query(({ ctx, input }) => operatorSignIns(ctx.db, { operatorId: ctx.principal.userId, input })),

  deeds: operatorProcedure(writes("operator.report_listed"))
    .input(operatorDeedsInputSchema)
    .output(operatorDeedsSchema)
    .query(({ ctx, input }) => operatorDeeds(ctx.db, { operatorId: ctx.principal.userId, input })),

  audit: operatorProcedure(writes("operator.audit_read"))
    .input(listOperatorAuditInputSchema)
    .output(operatorAuditListSchema)
    .query(({ ctx, input }) => listOperatorAudit(ctx.db, { operatorId: ctx.principal.userId, input })),
});
