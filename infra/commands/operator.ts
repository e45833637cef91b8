import { findInstallation } from "../local/process/running-installation";

const USAGE = "npm run operator -- grant|revoke <email>";

/**
 * Makes a registered user an operator, or ends that. It needs the product's environment: from the process, from `.env`,
 * or from a running local installation.
 */
async function main([verb, email, ...more]: string[]): Promise<number> {
  if ((verb !== "grant" && verb !== "revoke") || email === undefined || more.length > 0) {
    console.error(`Usage: ${USAGE}`);
    return 2;
  }
  Object.assign(process.env, await findInstallation());
  const { appointOperator } = await import("../../src/core/operators");
  const { createDb } = await import("../../src/core/platform/db/client");
  const { env } = await import("../../src/core/platform/env");
  const db = createDb({ url: env().DATABASE_URL, poolMax: 1 });
  try {
    const operator = verb === "grant";
    const { userId, changed } = await appointOperator(db, { email, operator });
    const state = operator ? "an operator" : "no operator";
    console.log(
      changed
        ? `${userId} is ${state} within five seconds.`
        : `${userId} is ${state} already; nothing changed.`,
    );
    return 0;
  } finally {
    await db.$disconnect();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    // An AppError says what to do; anything else is a defect or a service that is down.
    console.error(error instanceof Error ? (Reflect.get(error, "public") ?? error.message) : error);
    process.exit(1);
  },
);
