import { accountRouter } from "./routers/account/account";
import { appsRouter, connectionsRouter } from "./routers/apps";
import { auditRouter } from "./routers/audit/audit";
import { authRouter } from "./routers/auth/auth-router";
import { emailChangeRouter } from "./routers/auth/email-change";
import { passkeysRouter } from "./routers/auth/passkeys";
import { secondFactorRouter } from "./routers/auth/second-factor";
import { signInsRouter } from "./routers/auth/sign-in-history";
import { signInPolicyRouter } from "./routers/auth/sign-in-policy";
import { billingRouter } from "./routers/billing";
import { companySignInRouter } from "./routers/company/company-sign-in";
import { directoryRouter } from "./routers/company/directory";
import { domainsRouter } from "./routers/company/domains";
import { gatewayRouter } from "./routers/gateway/gateway";
import { historyRouter } from "./routers/inference/history";
import { inferenceRouter } from "./routers/inference/inference";
import { inquiriesRouter } from "./routers/inquiries";
import { keysRouter } from "./routers/keys/keys";
import { providerKeysRouter } from "./routers/keys/provider-keys";
import { serviceAccountsRouter } from "./routers/keys/service-accounts";
import { modelsRouter } from "./routers/models";
import { operatorsRouter } from "./routers/operators";
import { overviewRouter } from "./routers/overview";
import { consentsRouter } from "./routers/privacy/consents";
import { dataPolicyRouter } from "./routers/privacy/data-policy";
import { erasuresRouter } from "./routers/privacy/erasures";
import { exportsRouter } from "./routers/privacy/exports";
import { hipaaRouter } from "./routers/privacy/hipaa";
import { retentionRouter } from "./routers/privacy/retention";
import { subProcessorsRouter } from "./routers/privacy/sub-processors";
import { rateLimitRouter } from "./routers/rate-limit";
import { accessReviewRouter } from "./routers/roles/access-review";
import { rolesRouter } from "./routers/roles/roles";
import { visibilityRouter } from "./routers/roles/visibility";
import { statusRouter } from "./routers/status";
import { teamRouter } from "./routers/team";
import { usageRouter } from "./routers/usage";
import { webhooksRouter } from "./routers/webhooks/webhooks";
import { router } from "./trpc";

/** Every public capability, once. The portal calls it by tRPC, everyone else by REST. */
export const appRouter = router({
  accessReview: accessReviewRouter,
  account: accountRouter,
  apps: appsRouter,
  audit: auditRouter,
  auth: authRouter,
  billing: billingRouter,
  companySignIn: companySignInRouter,
  connections: connectionsRouter,
  directory: directoryRouter,
  domains: domainsRouter,
  emailChange: emailChangeRouter,
  erasures: erasuresRouter,
  exports: exportsRouter,
  gateway: gatewayRouter,
  history: historyRouter,
  inference: inferenceRouter,
  inquiries: inquiriesRouter,
  keys: keysRouter,
  models: modelsRouter,
  operators: operatorsRouter,
  overview: overviewRouter,
  passkeys: passkeysRouter,
  providerKeys: providerKeysRouter,
  rateLimit: rateLimitRouter,
  consents: consentsRouter,
  dataPolicy: dataPolicyRouter,
  hipaa: hipaaRouter,
  subProcessors: subProcessorsRouter,
  retention: retentionRouter,
  roles: rolesRouter,
  secondFactor: secondFactorRouter,
  serviceAccounts: serviceAccountsRouter,
  signInPolicy: signInPolicyRouter,
  signIns: signInsRouter,
  status: statusRouter,
  team: teamRouter,
  usage: usageRouter,
  visibility: visibilityRouter,
  webhooks: webhooksRouter,
});

export type AppRouter = typeof appRouter;
