import { join } from "node:path";
import { readEnvironment } from "../local/stack";
import { ROOT } from "./build";

// npm run stripe:setup. Prepares the Stripe account whose key is in the environment or in .env; safe to repeat.
const env = readEnvironment(join(ROOT, ".env"));
const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase, APP_URL: appUrl } = env;
if (secretKey === undefined || appUrl === undefined) {
  console.error(
    "Set STRIPE_SECRET_KEY (of the account) and APP_URL (where it sends webhooks), in the environment or in .env.",
  );
  process.exit(1);
}
const { createStripe, setUpStripe } = await import("../../src/core/billing");
const { changes, webhookSecret } = await setUpStripe(createStripe({ secretKey, apiBase }), { appUrl });
for (const change of changes) console.log(change);
if (changes.length === 0) console.log("Nothing to do: the account is as it should be.");
if (webhookSecret !== undefined) {
  console.log(
    `\nSTRIPE_WEBHOOK_SECRET=${webhookSecret}\nStripe shows this secret only now: put it into the environment.`,
  );
}
