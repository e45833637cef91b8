import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { ROOT } from "../../commands/build";
import { createQueues, LOCAL_CREDENTIALS } from "../aws/aws-resources";
import { loadSecrets, secretsAsEnv } from "../data/secrets";
import { asRuntimeRole } from "../postgres/runtime-role";
import { BUCKET, REGION, readEnvironment } from "../stack";

/**
 * The product's environment for a command: that of the process and of `.env`, completed by a running local
 * installation.
 * @throws when there is neither.
 */
export async function findInstallation(): Promise<Record<string, string>> {
  const given = readEnvironment(join(ROOT, ".env"));
  if (given.DATABASE_URL !== undefined) return given;
  const dataDir = resolve(ROOT, given.AGATHA_DATA_DIR ?? ".agatha");
  const [secretsFile, portsFile] = [join(dataDir, "secrets.json"), join(dataDir, "ports.json")];
  if (!existsSync(secretsFile) || !existsSync(portsFile)) {
    throw new Error(
      "Set the product’s environment (see .env.example), or start the local installation first.",
    );
  }
  const ports = portsSchema.parse(JSON.parse(readFileSync(portsFile, "utf8")));
  const secrets = loadSecrets(secretsFile);
  const aws = `http://127.0.0.1:${ports.aws}`;
  const queues = await createQueues(aws, REGION);
  return {
    ...secretsAsEnv(secrets),
    APP_URL: `http://localhost:${ports.portal ?? 3000}`,
    DATABASE_URL: asRuntimeRole(
      `postgresql://127.0.0.1:${ports.postgres}/agathaai`,
      secrets.databaseAppPassword,
    ),
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    SQS_ENDPOINT: aws,
    SQS_STANDARD_QUEUE_URL: queues.standard,
    SQS_ENTERPRISE_QUEUE_URL: queues.enterprise,
    SQS_DEAD_LETTER_QUEUE_URL: queues.deadLetter,
    S3_ENDPOINT: aws,
    S3_BUCKET: BUCKET,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    ...given,
  };
}

const portsSchema = z.object({
  postgres: z.number(),
  aws: z.number(),
  smtp: z.number(),
  portal: z.number().optional(),
});
