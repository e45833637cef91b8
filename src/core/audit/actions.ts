/**
 * Everything the audit trail can say, once. `kind.event`: the kind groups them in lists, the event is in the past
 * tense. An action is never renamed or reused: rows of it stay for seven years.
 */
export const auditActions = [
  // Who came in, or tried to
  "auth.registered",
  "auth.logged_in",
  "auth.login_failed",
  "auth.logged_out",
  "auth.signed_out_everywhere",
  "auth.session_revoked",
  "auth.refresh_token_reused",
  "auth.password_reset_requested",
  "auth.password_reset",
  "auth.password_changed",
  "auth.email_verified",
  "auth.provider_linked",
  "auth.oauth_granted",
  "auth.oauth_revoked",
  // Keys
  "key.created",
  "key.updated",
  "key.rotated",
  "key.revoked",
  // Settings of a person or an organization
  "account.profile_updated",
  "account.deletion_requested",
  "account.erased",
  "org.created",
  "org.updated",
  "org.plan_overridden",
  "org.plan_override_ended",
  "org.spending_changed",
  "org.deleted",
  "org.erased",
  "member.invited",
  "member.invitation_revoked",
  "member.joined",
  "member.role_changed",
  "member.removed",
  "member.ownership_transferred",
  "billing.checkout_started",
  "billing.plan_changed",
  "billing.cancelled",
  "billing.resumed",
  "billing.overage_enabled",
  "billing.overage_disabled",
  "webhook.created",
  "webhook.updated",
  "webhook.deleted",
  "webhook.secret_rotated",
  // Who looked at data, or took it away
  "data.result_read",
  "data.request_read",
  "data.history_read",
  "data.history_deleted",
  "data.usage_read",
  "data.usage_exported",
  "data.audit_read",
  "data.exported",
  // What our operators do; in the chain of the organization it is about, or in ours
  "operator.organization_read",
  "operator.model_switched",
  "operator.queue_redriven",
  "operator.inquiry_handled",
  // Every call of the API
  "api.request",
] as const;

export type AuditAction = (typeof auditActions)[number];
