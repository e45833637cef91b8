import { z } from "zod";
import { isLoopbackUrl } from "../../infra/local/process/loopback";
import { findInstallation } from "../../infra/local/process/running-installation";

const USAGE = `npm run seed -- large [rows]

  large   an organization of the demo account with the requests of a year (100,000 unless told otherwise)
  demo    the accounts that npm start prints; only npm start creates them`;

/** Fills a local installation that is running. */
async function main([scenario, count = "100000", ...more]: string[]): Promise<number> {
  const rows = z.coerce.number().int().min(1).max(10_000_000).safeParse(count);
  if (scenario !== "large" || !rows.success || more.length > 0) {
    console.error(`Usage: ${USAGE}`);
    return 2;
  }
  Object.assign(process.env, await findInstallation());
  const { env } = await import("../../src/core/platform/env");
  const { createDb } = await import("../../src/core/platform/db/client");
  const { seedLarge } = await import("./large");
  if (!isLoopbackUrl(env().DATABASE_URL)) {
    console.error("Scenarios are for a database on this machine only.");
    return 1;
  }
  const db = createDb({ url: env().DATABASE_URL, poolMax: 2 });
  try {
    const began = Date.now();
    const { orgId } = await seedLarge(db, {
      rows: rows.data,
      onProgress: (inserted) => {
        if (inserted % 10_000 === 0) console.error(`${inserted.toLocaleString("en-US")} requests …`);
      },
    });
    const seconds = Math.round((Date.now() - began) / 1_000);
    const { toPublicId } = await import("../../src/core/platform");
    console.log(
      `Organization ${toPublicId("org", orgId)} has ${rows.data.toLocaleString("en-US")} requests (${seconds} s).`,
    );
    console.log("Sign in with the demo account and switch to it.");
    return 0;
  } finally {
    await db.$disconnect();
  }
}

process.exitCode = await main(process.argv.slice(2));
