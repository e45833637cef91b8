import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { isProvider, type Provider, providerVariables } from "../../src/shared/providers";
import { startMailbox } from "../stand-ins/mailbox/mailbox";
import { byProvider, providerStandIns, standInEnv } from "../stand-ins/providers/stand-ins";
import { startStripe } from "../stand-ins/stripe/start-stripe";
import { startAws } from "./aws/aws";
import { createBucket, createQueues, LOCAL_CREDENTIALS } from "./aws/aws-resources";
import { type LocalSecrets, loadSecrets, secretsAsEnv } from "./data/secrets";
import { startPostgres } from "./postgres/postgres";
import { asRuntimeRole } from "./postgres/runtime-role";
import { type PortPicker, rememberPorts } from "./process/ports";

export type ServiceName = "postgres" | "aws" | "mailbox" | Provider | "stripe";

type Environment = Record<string, string>;
type Started = { address: string; env: Environment; stop(): Promise<void> };

export type Stack = {
  /** The complete environment of the product's processes. */
  env: Environment;
  secrets: LocalSecrets;
  /**
   * The database as its owner, for migrations. Only this process has it; the serving processes get `env.DATABASE_URL`.
   */
  ownerUrl: string;
  /** The running stand-ins by name, with their addresses. */
  services: Partial<Record<ServiceName, string>>;
  stop(): Promise<void>;
};

export const REGION = "us-east-1";
export const BUCKET = "agathaai";
const LATENCY = { baseMs: 400, perTokenMs: 4 };

/** The process environment over the file `.env`. Empty variables count as not set. */
export function readEnvironment(file: string, real: NodeJS.ProcessEnv = process.env): Environment {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  const entries = Object.entries({ ...fromFile, ...withoutEmpty(real) });
  return withoutEmpty(Object.fromEntries(entries));
}

function withoutEmpty(env: NodeJS.Dict<string>): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
    ),
  );
}

/**
 * Starts a stand-in for every outside service that the environment does not configure, and generates missing secrets.
 * When one fails to start, those already started are stopped.
 */
export async function startStack(options: {
  dataDir: string;
  env: Environment;
  /** Starts only these, for tests of one of them. */
  only?: readonly ServiceName[];
}): Promise<Stack> {
  const { dataDir, env: given } = options;
  const secrets = loadSecrets(join(dataDir, "secrets.json"));
  const port = rememberPorts(dataDir);
  const wanted = missingServices(given).filter((name) => options.only?.includes(name) ?? true);

  // Ports are chosen one after the other, so that no two are equal; the services then start in parallel.
  const starts: Record<ServiceName, () => Promise<() => Promise<Started>>> = {
    postgres: () => preparePostgres(dataDir, secrets, port),
    aws: () => prepareAws(dataDir, given, port),
    mailbox: () => prepareMailbox(dataDir, port),
    ...byProvider((id) => () => prepareProvider(id, given, port)),
    stripe: () => prepareStripe(dataDir, given, port),
  };
  const prepared: (() => Promise<Started>)[] = [];
  for (const name of wanted) prepared.push(await starts[name]());
  const results = await Promise.allSettled(prepared.map((start) => start()));
  const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()));
  };
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const { MIGRATION_DATABASE_URL: ownerUrl, ...env }: Environment = {
    ...missingSecrets(given, secrets),
    // A receiver on this machine can be tried.
    WEBHOOK_PRIVATE_TARGETS: "true",
    AGATHA_PRIVATE_IDENTITY_PROVIDERS: "true",
    PROVIDER_SANDBOX: wanted.filter(isProvider).join(","),
    ...Object.assign({}, ...started.map(({ env }) => env)),
    ...given,
  };
  return {
    env,
    ownerUrl: ownerUrl ?? env.DATABASE_URL ?? "",
    secrets,
    services: Object.fromEntries(wanted.map((name, index) => [name, started[index]?.address])),
    stop,
  };
}

const QUEUE_VARIABLES = ["SQS_STANDARD_QUEUE_URL", "SQS_ENTERPRISE_QUEUE_URL", "SQS_DEAD_LETTER_QUEUE_URL"];

function missingServices(env: Environment): ServiceName[] {
  const queues = QUEUE_VARIABLES.filter((name) => env[name] !== undefined).length;
  if (queues !== 0 && queues !== QUEUE_VARIABLES.length) {
    throw new Error(`Set all of ${QUEUE_VARIABLES.join(", ")}, or none of them to use local queues.`);
  }
  const missing: Record<ServiceName, boolean> = {
    postgres: env.DATABASE_URL === undefined,
    aws: queues === 0 || env.S3_BUCKET === undefined,
    mailbox: env.SMTP_URL === undefined,
    ...byProvider((id) => env[providerVariables(id).apiKey] === undefined),
    stripe: env.STRIPE_SECRET_KEY === undefined,
  };
  return (Object.keys(missing) as ServiceName[]).filter((name) => missing[name]);
}

function missingSecrets(env: Environment, secrets: LocalSecrets): Environment {
  const { MASTER_KEY, ...others } = secretsAsEnv(secrets);
  return env.KMS_KEY_ID === undefined && MASTER_KEY !== undefined ? { MASTER_KEY, ...others } : others;
}

async function preparePostgres(
  dataDir: string,
  { databasePassword: password, databaseAppPassword: appPassword }: LocalSecrets,
  port: PortPicker,
) {
  const picked = await port("postgres", 54_320);
  return async (): Promise<Started> => {
    const postgres = await startPostgres({
      dir: join(dataDir, "postgres"),
      port: picked,
      password,
      logFile: join(dataDir, "logs", "postgres.log"),
    });
    const env = {
      DATABASE_URL: asRuntimeRole(postgres.url(), appPassword),
      MIGRATION_DATABASE_URL: postgres.url(),
    };
    return { address: `127.0.0.1:${picked}`, env, stop: postgres.stop };
  };
}

async function prepareAws(dataDir: string, given: Environment, port: PortPicker) {
  const picked = await port("aws", 4_566);
  const region = given.AWS_REGION ?? REGION;
  const localQueues = given.SQS_STANDARD_QUEUE_URL === undefined;
  const localBucket = given.S3_BUCKET === undefined;
  // fauxqs accepts any credentials. Real ones are kept when only one of the two services is local.
  const credentials: Environment =
    localQueues && localBucket
      ? {
          AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
          AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
        }
      : {};
  return async (): Promise<Started> => {
    const aws = await startAws({ port: picked, region, objectsDir: join(dataDir, "objects") });
    const env: Environment = { AWS_REGION: region, ...credentials };
    if (localQueues) {
      const queues = await createQueues(aws.endpoint, region);
      env.SQS_ENDPOINT = aws.endpoint;
      env.SQS_STANDARD_QUEUE_URL = queues.standard;
      env.SQS_ENTERPRISE_QUEUE_URL = queues.enterprise;
      env.SQS_DEAD_LETTER_QUEUE_URL = queues.deadLetter;
    }
    if (localBucket) {
      await createBucket(aws.endpoint, BUCKET);
      env.S3_ENDPOINT = aws.endpoint;
      env.S3_BUCKET = BUCKET;
    }
    return { address: aws.endpoint, env, stop: aws.stop };
  };
}

async function prepareMailbox(dataDir: string, port: PortPicker) {
  const smtpPort = await port("smtp", 1_025);
  const pagePort = await port("mailbox", 8_025);
  return async (): Promise<Started> => {
    const mailbox = await startMailbox({ smtpPort, port: pagePort, file: join(dataDir, "mails.json") });
    return { address: mailbox.url, env: { SMTP_URL: mailbox.smtpUrl }, stop: mailbox.stop };
  };
}

async function prepareProvider(id: Provider, given: Environment, port: PortPicker) {
  const standIn = providerStandIns[id];
  const picked = await port(id, standIn.port);
  const latency = {
    baseMs: milliseconds(given, "SIM_LATENCY_MS", LATENCY.baseMs),
    perTokenMs: milliseconds(given, "SIM_TOKEN_LATENCY_MS", LATENCY.perTokenMs),
  };
  return async (): Promise<Started> => {
    const { url, stop } = await standIn.start({ port: picked, latency });
    const env = standInEnv(id, url);
    // The same stand-in is its endpoint in the EU, so that data residency can be tried.
    const inEu = {
      OPENAI_EU_API_KEY: env.OPENAI_API_KEY ?? "",
      OPENAI_EU_BASE_URL: env.OPENAI_BASE_URL ?? "",
      // So that HIPAA mode can be tried.
      BAA_PLACES: "openai,openai-eu",
    };
    return { address: url, env: id === "openai" ? { ...env, ...inEu } : env, stop };
  };
}

const STRIPE_KEY = "sk_test_local";

/** Starts the stand-in and prepares it like a real account: plans, prices, customer portal and webhook. */
async function prepareStripe(dataDir: string, given: Environment, port: PortPicker) {
  const picked = await port("stripe", 4_104);
  return async (): Promise<Started> => {
    const standIn = await startStripe({ port: picked, file: join(dataDir, "stripe.json") });
    try {
      // Imported late: product code needs the generated database client, which a fresh clone creates only at start.
      const { createStripe, setUpStripe, webhookAddress } = await import("../../src/core/billing");
      const appUrl = given.APP_URL ?? "http://localhost:3000";
      const stripe = createStripe({ secretKey: STRIPE_KEY, apiBase: standIn.url });
      await setUpStripe(stripe, { appUrl });
      const secret = standIn.secretOf(webhookAddress(appUrl));
      if (secret === undefined)
        throw new Error("The Stripe stand-in has no webhook endpoint after its setup.");
      const env = {
        STRIPE_SECRET_KEY: STRIPE_KEY,
        STRIPE_API_BASE: standIn.url,
        STRIPE_WEBHOOK_SECRET: secret,
      };
      return { address: standIn.url, env, stop: standIn.stop };
    } catch (error) {
      await standIn.stop();
      throw error;
    }
  };
}

function milliseconds(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`${name} must be a number of milliseconds, not "${text}".`);
}
