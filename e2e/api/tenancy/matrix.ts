import type { OrgRole } from "@agathaai/core/platform";
import type { AnyTRPCProcedure } from "@trpc/server";
import type { AppRouter } from "@/server/trpc/root";

type NamesIn<Record, Prefix extends string = ""> = {
  [Key in keyof Record & string]: Record[Key] extends AnyTRPCProcedure
    ? `${Prefix}${Key}`
    : NamesIn<Record[Key], `${Prefix}${Key}.`>;
}[keyof Record & string];

/** Every procedure of the router: one that is added and not told of below does not compile. */
export type ProcedureName = NamesIn<AppRouter["_def"]["record"]>;

/** Ids of one tenant's things, in the form customers see; key and inference of one environment. */
export interface Things {
  organization: string;
  /** Not the owner. */
  member: string;
  /** A member whom the organization could be handed to. */
  successor: string;
  session: string;
  passkey: string;
  invitation: string;
  /** A custom role that nobody has. */
  role: string;
  key: string;
  serviceAccount: string;
  /** Its own key at a model provider. */
  providerKey: string;
  /** Completed. */
  inference: string;
  /** A call whose answer is kept. */
  generation: string;
  /** Registered by it, and connected by its owner. */
  app: string;
  webhook: string;
  webhookDelivery: string;
  /** That the key was created. */
  auditEntry: string;
  /** Of its owner's own data, ready. */
  export: string;
  /** Verified. */
  domain: string;
  /** By which its company's directory calls. */
  directoryToken: string;
  /** Of that directory, without members. */
  directoryGroup: string;
}

export interface Entry {
  /** Roles that may make the call; `anyone` needs no credentials, `operators` are ours and no customer is one. */
  roles: readonly OrgRole[] | "anyone" | "operators";
  /** Whether a key with every scope may. */
  keys: boolean;
  /** How a call names a tenant's things. */
  input: (things: Things) => unknown;
  /** `thing`: the one it is about, 404 when it is not there. `filter`: what a list is narrowed to. */
  names: "thing" | "filter" | "nothing";
}

/** Every organization of the matrix is called so, for what asks for its name. */
export const ORGANIZATION_NAME = "Agate Works";

/** Of the emailed link of every export of the matrix: the link alone opens nothing. */
export const EXPORT_TOKEN = "A".repeat(43);

const everyone = ["owner", "admin", "developer", "billing", "viewer"] as const;
const readers = ["owner", "admin", "developer", "viewer"] as const;
const writers = ["owner", "admin", "developer"] as const;
const managers = ["owner", "admin"] as const;
const payers = ["owner", "admin", "billing"] as const;

type Access = Pick<Entry, "roles" | "keys">;
const people = (roles: readonly OrgRole[]): Access => ({ roles, keys: false });
const also = (roles: readonly OrgRole[]): Access => ({ roles, keys: true });
const open: Access = { roles: "anyone", keys: true };
const operators: Access = { roles: "operators", keys: false };

/** Reads or changes the caller's own alone; nothing can be named. */
const own = (access: Access, input: unknown = {}): Entry => ({
  ...access,
  input: () => input,
  names: "nothing",
});
/**
 * Would end the test's own callers, or costs money: asked with a field too much, which is refused after the rights. Only
 * for what can name no id, which a test below makes sure of; the secrets in mails (of invitations, of addresses) are
 * rights in themselves.
 */
const spoilt = (access: Access): Entry => own(access, { "not a field": true });
const about = (access: Access, input: Entry["input"]): Entry => ({ ...access, input, names: "thing" });
const narrowed = (access: Access, input: Entry["input"]): Entry => ({ ...access, input, names: "filter" });

/** One line a procedure: who may call it, and how a call names a tenant's things. */
export const matrix: Record<ProcedureName, Entry> = {
  "accessReview.get": own(people(managers)),
  "accessReview.export": own(people(managers)),
  "account.me": own(people(everyone)),
  "account.updateProfile": spoilt(people(everyone)),
  "account.changePassword": spoilt(people(everyone)),
  "account.renameOrganization": spoilt(people(managers)),
  "account.storage": own(people(everyone)),
  "account.updateStorage": spoilt(people(managers)),
  "account.signInMethods": own(people(everyone)),
  "account.emailPreferences": own(people(everyone)),
  "account.updateEmailPreferences": spoilt(people(everyone)),
  "account.sessions.list": own(people(everyone)),
  "account.sessions.revoke": about(people(everyone), ({ session }) => ({ id: session })),
  "account.sessions.revokeOthers": spoilt(people(everyone)),
  "apps.list": own(people(readers)),
  "apps.register": spoilt(people(writers)),
  "apps.update": about(people(writers), ({ app }) => ({ id: app, name: "Changed" })),
  "apps.rotateSecret": about(people(writers), ({ app }) => ({ id: app })),
  "apps.delete": about(people(writers), ({ app }) => ({ id: app })),
  "audit.list": narrowed(also(managers), ({ key, webhook }) => ({ actor: key, target: webhook })),
  "audit.get": about(also(managers), ({ auditEntry }) => ({ id: auditEntry })),
  "audit.exportCsv": narrowed(also(managers), ({ key, webhook }) => ({ actor: key, target: webhook })),
  "audit.exportLines": narrowed(also(managers), ({ key, webhook }) => ({ actor: key, target: webhook })),
  "audit.reports.signIns": own(people(managers)),
  "audit.reports.signInsCsv": own(people(managers)),
  "audit.reports.admin": own(people(managers)),
  "audit.reports.adminCsv": own(people(managers)),
  "audit.stream.get": own(people(managers)),
  "audit.stream.set": spoilt(people(managers)),
  "audit.stream.pause": spoilt(people(managers)),
  "audit.stream.test": spoilt(people(managers)),
  "audit.stream.remove": spoilt(people(managers)),
  "auth.challenge": spoilt(open),
  "auth.register": spoilt(open),
  "auth.signUp": spoilt(open),
  "auth.login": spoilt(open),
  "auth.refresh": spoilt(open),
  "auth.logout": spoilt(open),
  "auth.stepUp": spoilt(people(everyone)),
  "auth.signOutEverywhere": spoilt(people(everyone)),
  "auth.verifyEmail": spoilt(open),
  "auth.openVerification": spoilt(open),
  "auth.confirmEmail": spoilt(open),
  "auth.resendVerification": own(people(everyone)),
  "auth.requestPasswordReset": spoilt(open),
  "auth.resetPassword": spoilt(open),
  "billing.get": own(people(payers)),
  "billing.invoices": spoilt(people(payers)),
  "billing.preview": spoilt(people(payers)),
  "billing.price": own(people(payers)),
  "billing.spending": own(people(payers)),
  "billing.setCap": spoilt(people(payers)),
  "billing.setOverage": spoilt(people(payers)),
  "billing.checkout": spoilt(people(payers)),
  "billing.portal": spoilt(people(payers)),
  "billing.change": spoilt(people(payers)),
  "billing.cancel": spoilt(people(payers)),
  "billing.resume": spoilt(people(payers)),
  "companySignIn.find": own(open, { email: "somebody@example.com" }),
  "companySignIn.get": own(people(managers)),
  "companySignIn.set": spoilt(people(managers)),
  "companySignIn.remove": spoilt(people(managers)),
  "connections.list": own(people(everyone)),
  "connections.revoke": narrowed(people(everyone), ({ app, organization }) => ({
    app_id: app,
    organization_id: organization,
  })),
  "directory.get": own(people(managers)),
  "directory.groups": own(people(managers)),
  "directory.setGroupRole": about(people(managers), ({ directoryGroup, role }) => ({
    id: directoryGroup,
    role,
  })),
  "directory.createToken": spoilt(people(managers)),
  "directory.revokeToken": about(people(managers), ({ directoryToken }) => ({ id: directoryToken })),
  "domains.list": own(people(managers)),
  "domains.add": spoilt(people(managers)),
  "domains.check": about(people(managers), ({ domain }) => ({ id: domain })),
  "domains.remove": about(people(managers), ({ domain }) => ({ id: domain })),
  "emailChange.request": spoilt(people(everyone)),
  "emailChange.confirm": spoilt(open),
  "emailChange.undo": spoilt(open),
  "erasures.eraseAccount": spoilt(people(everyone)),
  "erasures.get": own(open, { receipt: EXPORT_TOKEN }),
  "exports.listMine": own(people(everyone)),
  "exports.requestMine": spoilt(people(everyone)),
  "exports.listOrganization": own(people(managers)),
  "exports.requestOrganization": spoilt(people(managers)),
  "exports.get": about(people(everyone), ({ export: id }) => ({ id })),
  "exports.download": about(people(everyone), ({ export: id }) => ({ id, token: EXPORT_TOKEN })),
  "gateway.answer": about(also(readers), ({ generation }) => ({ id: generation })),
  "gateway.stop": about(also(writers), ({ generation }) => ({ id: generation })),
  "gateway.generation": about(also(readers), ({ inference }) => ({ id: inference })),
  "gateway.generationProof": about(also(readers), ({ inference }) => ({ id: inference })),
  "gateway.key": own({ roles: [], keys: true }),
  "gateway.model": own(also(everyone), { id: "gpt-4o" }),
  "gateway.purgeCache": own(people(writers)),
  "gateway.models": own(also(everyone)),
  "history.list": narrowed(also(readers), ({ key }) => ({ api_key_id: key })),
  "history.delete": about(also(writers), ({ inference }) => ({ id: inference })),
  "inquiries.submit": spoilt(open),
  "inference.submit": spoilt(also(writers)),
  "inference.quote": own(also(writers), { model: "gpt-4o", prompt: "Hello" }),
  "inference.get": about(also(readers), ({ inference }) => ({ id: inference })),
  "inference.result": about(also(readers), ({ inference }) => ({ id: inference })),
  "inference.cancel": about(also(writers), ({ inference }) => ({ id: inference })),
  "inference.detail": about(also(readers), ({ inference }) => ({ id: inference })),
  "keys.list": own(also(readers)),
  "keys.get": about(also(readers), ({ key }) => ({ id: key })),
  "keys.create": spoilt(people(writers)),
  "keys.update": about(people(writers), ({ key }) => ({ id: key, rpm_limit: 60 })),
  "keys.rotate": about(people(writers), ({ key }) => ({ id: key, grace: "now" })),
  "keys.reportLeaked": spoilt(open),
  "keys.revoke": about(people(writers), ({ key }) => ({ id: key })),
  "models.list": own(also(everyone)),
  "models.get": own(also(everyone), { id: "gpt-4o" }),
  "operators.organizations": own(operators),
  "operators.findOrganizations": narrowed(operators, ({ organization }) => ({ search: organization })),
  "operators.organization": about(operators, ({ organization }) => ({ id: organization })),
  "operators.organizationAudit": about(operators, ({ organization }) => ({ id: organization })),
  "operators.overridePlan": about(operators, ({ organization }) => ({
    organization_id: organization,
    plan: "enterprise",
    reason: "Agreed by mail",
  })),
  "operators.endOverride": spoilt(operators),
  "operators.suspensions": own(operators),
  "operators.holds": own(operators),
  "operators.placeHold": about(operators, ({ organization }) => ({
    subject: organization,
    reason: "Case 17",
  })),
  "operators.releaseHold": about(operators, ({ organization }) => ({
    subject: organization,
    reason: "Case 17",
  })),
  "operators.suspend": about(operators, ({ organization }) => ({ subject: organization, reason: "Fraud" })),
  "operators.reinstate": about(operators, ({ organization }) => ({ subject: organization, reason: "Fixed" })),
  "operators.models": own(operators),
  "operators.switchModel": own(operators, { id: "gpt-4o", on: false, reason: "Its provider is down" }),
  "operators.queues": own(operators),
  "operators.usageDrift": own(operators),
  "operators.redrive": own(operators),
  "operators.inquiries": own(operators),
  "operators.inquiry": spoilt(operators),
  "operators.handleInquiry": spoilt(operators),
  "operators.incidents": own(operators),
  "operators.handleIncident": spoilt(operators),
  "operators.notices": own(operators),
  "operators.publishIncident": spoilt(operators),
  "operators.announceMaintenance": spoilt(operators),
  "operators.updateNotice": spoilt(operators),
  "operators.signIns": narrowed(operators, ({ organization }) => ({ organization_id: organization })),
  "operators.deeds": narrowed(operators, ({ organization }) => ({ organization_id: organization })),
  "operators.audit": own(operators),
  "overview.get": own(people(everyone)),
  "passkeys.list": own(people(everyone)),
  "passkeys.rename": about(people(everyone), ({ passkey }) => ({ id: passkey, name: "Changed" })),
  "passkeys.remove": about(people(everyone), ({ passkey }) => ({ id: passkey })),
  "passkeys.startAdding": spoilt(people(everyone)),
  "passkeys.add": spoilt(people(everyone)),
  "passkeys.startSignIn": spoilt(open),
  "passkeys.startStepUp": spoilt(people(everyone)),
  "passkeys.stepUp": spoilt(people(everyone)),
  "providerKeys.list": own(people(managers)),
  "providerKeys.add": spoilt(people(managers)),
  "providerKeys.update": about(people(managers), ({ providerKey }) => ({ id: providerKey, fallback: true })),
  "providerKeys.rotate": about(people(managers), ({ providerKey }) => ({
    id: providerKey,
    api_key: "sk-another-of-the-caller",
  })),
  "providerKeys.delete": about(people(managers), ({ providerKey }) => ({ id: providerKey })),
  "rateLimit.get": own(also(everyone)),
  "roles.list": own(people(everyone)),
  "roles.create": spoilt(people(managers)),
  "roles.update": about(people(managers), ({ role }) => ({ id: role, name: "Changed" })),
  "roles.delete": about(people(managers), ({ role }) => ({ id: role, replacement: role })),
  "secondFactor.get": own(people(everyone)),
  "secondFactor.start": spoilt(people(everyone)),
  "secondFactor.confirm": spoilt(people(everyone)),
  "secondFactor.remove": spoilt(people(everyone)),
  "secondFactor.renewCodes": spoilt(people(everyone)),
  "serviceAccounts.list": own(also(readers)),
  "serviceAccounts.get": about(also(readers), ({ serviceAccount }) => ({ id: serviceAccount })),
  "serviceAccounts.create": spoilt(people(writers)),
  "serviceAccounts.update": about(people(writers), ({ serviceAccount }) => ({
    id: serviceAccount,
    name: "Changed",
  })),
  "serviceAccounts.rotateSecret": about(people(writers), ({ serviceAccount }) => ({ id: serviceAccount })),
  "serviceAccounts.delete": about(people(writers), ({ serviceAccount }) => ({ id: serviceAccount })),
  "signIns.list": own(people(everyone)),
  "signIns.endSessions": spoilt(open),
  "signInPolicy.get": own(people(everyone)),
  "consents.list": own(people(everyone)),
  "consents.change": spoilt(people(everyone)),
  "subProcessors.notices": own(people(everyone)),
  "subProcessors.updateNotices": spoilt(people(managers)),
  "dataPolicy.get": own(people(everyone)),
  "dataPolicy.update": spoilt(people(managers)),
  "status.subscribe": spoilt(open),
  "status.confirm": spoilt(open),
  "status.unsubscribe": spoilt(open),
  "hipaa.get": own(people(everyone)),
  "hipaa.update": spoilt(people(managers)),
  "retention.get": own(people(everyone)),
  "retention.update": spoilt(people(managers)),
  "signInPolicy.update": spoilt(people(managers)),
  "team.list": own(people(everyone)),
  "team.invite": about(people(managers), ({ role }) => ({ email: `${role}@example.com`, role })),
  "team.revokeInvitation": about(people(managers), ({ invitation }) => ({ id: invitation })),
  "team.openInvitation": spoilt(open),
  "team.acceptInvitation": spoilt(people(everyone)),
  "team.changeRole": about(people(managers), ({ member, role }) => ({ user_id: member, role })),
  "team.transferOwnership": about(people(["owner"]), ({ successor }) => ({
    user_id: successor,
    organization_name: ORGANIZATION_NAME,
  })),
  "team.deleteOrganization": spoilt(people(managers)),
  "team.remove": about(people(managers), ({ member }) => ({ user_id: member })),
  "team.leave": spoilt(people(everyone)),
  "team.organizations": own(people(everyone)),
  "team.createOrganization": spoilt(people(everyone)),
  "team.switchOrganization": about(people(everyone), ({ organization }) => ({
    organization_id: organization,
  })),
  "visibility.get": own(people(everyone)),
  "visibility.update": spoilt(people(managers)),
  "usage.get": narrowed(also(everyone), ({ key }) => ({ api_key_id: key, group_by: "api_key" })),
  "usage.export": narrowed(also(everyone), ({ key }) => ({ api_key_id: key, group_by: "member" })),
  "webhooks.list": own(also(readers)),
  "webhooks.get": about(also(readers), ({ webhook }) => ({ id: webhook })),
  "webhooks.create": spoilt(also(writers)),
  "webhooks.update": about(also(writers), ({ webhook }) => ({ id: webhook, description: "Changed" })),
  "webhooks.rotateSecret": about(also(writers), ({ webhook }) => ({ id: webhook })),
  "webhooks.test": about(also(writers), ({ webhook }) => ({ id: webhook })),
  "webhooks.deliveries": about(also(readers), ({ webhook }) => ({ id: webhook })),
  "webhooks.delivery": about(also(readers), ({ webhookDelivery }) => ({ id: webhookDelivery })),
  "webhooks.redeliver": about(also(writers), ({ webhookDelivery }) => ({ id: webhookDelivery })),
  "webhooks.delete": about(also(writers), ({ webhook }) => ({ id: webhook })),
};
