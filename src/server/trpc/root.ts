import { accountRouter } from "./routers/account";
import { auditRouter } from "./routers/audit";
import { authRouter } from "./routers/auth";
import { inferenceRouter } from "./routers/inference";
import { keysRouter } from "./routers/keys";
import { modelsRouter } from "./routers/models";
import { teamRouter } from "./routers/team";
import { router } from "./trpc";

/** Every public capability, once. The portal calls it by tRPC, everyone else by REST. */
export const appRouter = router({
  account: accountRouter,
  audit: auditRouter,
  auth: authRouter,
  inference: inferenceRouter,
  keys: keysRouter,
  models: modelsRouter,
  team: teamRouter,
});

export type AppRouter = typeof appRouter;
