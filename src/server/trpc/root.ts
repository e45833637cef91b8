import { accountRouter } from "./routers/account";
import { auditRouter } from "./routers/audit";
import { authRouter } from "./routers/auth";
import { billingRouter } from "./routers/billing";
import { historyRouter } from "./routers/history";
import { inferenceRouter } from "./routers/inference";
import { keysRouter } from "./routers/keys";
import { modelsRouter } from "./routers/models";
import { overviewRouter } from "./routers/overview";
import { rateLimitRouter } from "./routers/rate-limit";
import { teamRouter } from "./routers/team";
import { usageRouter } from "./routers/usage";
import { router } from "./trpc";

/** Every public capability, once. The portal calls it by tRPC, everyone else by REST. */
export const appRouter = router({
  account: accountRouter,
  audit: auditRouter,
  auth: authRouter,
  billing: billingRouter,
  history: historyRouter,
  inference: inferenceRouter,
  keys: keysRouter,
  models: modelsRouter,
  overview: overviewRouter,
  rateLimit: rateLimitRouter,
  team: teamRouter,
  usage: usageRouter,
});

export type AppRouter = typeof appRouter;
