import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { deployMigrations } from "../../../prisma/deploy-migrations";
import { startAws } from "../../local/aws/aws";
import { completeSecrets } from "../../local/data/secrets";
import { startPostgres } from "../../local/postgres/postgres";
import { removeCluster } from "../../local/postgres/postgres-host";
import { openRuntimeRole } from "../../local/postgres/runtime-role";
import { removeEndedBundles, TEST_BUNDLES } from "../processes/test-bundles";
import { TEMPLATE_DATABASE } from "./shared-services";

/** vitest's global setup: one PostgreSQL with a migrated template database, and one SQS/S3, for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const home = mkdtempSync(join(tmpdir(), "agathaai-test-"));
  chmodSync(home, 0o711); // As root, the database runs under another account, which has to pass through.
  const secrets = completeSecrets();
  const region = "us-east-1";
  const bundles = join(TEST_BUNDLES, String(process.pid));
  const forgetBundles = () => rmSync(bundles, { recursive: true, force: true });
  forgetBundles();
  project.onTestsRerun(async () => forgetBundles());
  const stops: (() => Promise<void>)[] = [];
  const teardown = async () => {
    for (const stop of stops.reverse()) await stop();
    removeCluster(join(home, "postgres"));
    rmSync(home, { recursive: true, force: true });
    forgetBundles();
    removeEndedBundles();
  };
  try {
    const postgres = await startPostgres({
      dir: join(home, "postgres"),
      port: 0,
      password: secrets.databasePassword,
      logFile: join(home, "postgres.log"),
      durable: false,
    });
    stops.push(postgres.stop);
    await deployMigrations(postgres.url(TEMPLATE_DATABASE));
    await openRuntimeRole(postgres.url(TEMPLATE_DATABASE), secrets.databaseAppPassword);
    const aws = await startAws({ port: 0, region });
    stops.push(aws.stop);
    project.provide("sharedServices", {
      postgresPort: postgres.port,
      databaseUrl: postgres.url("DATABASE"),
      awsPort: aws.port,
      secrets,
      region,
      bundles,
    });
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}
