import { randomBytes } from "node:crypto";
import { afterAll, inject } from "vitest";
import { type Provider, providerIds } from "../../src/shared/providers";
import { createBucket, createQueues, LOCAL_CREDENTIALS } from "../local/aws/aws-resources";
import { secretsAsEnv } from "../local/data/secrets";
import { asRuntimeRole } from "../local/postgres/runtime-role";
import type { Mail } from "../stand-ins/mailbox/mail";
import { startMailbox } from "../stand-ins/mailbox/mailbox";
import type { Calls } from "../stand-ins/providers/journal";
import type { Simulator } from "../stand-ins/providers/serve";
import { byProvider, providerStandIns, standInsEnv } from "../stand-ins/providers/stand-ins";
import { createTestDatabase } from "./run/test-database";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy";

export type TestStack = {
  env: Record<string, string>;
  /** The database as its owner. The product itself connects as the role that serves: `env.DATABASE_URL`. */
  databaseUrl: string;
  mailbox: {
    /** Newest first. */
    messagesTo(address: string): Mail[];
    /** The newest mail to the address, waiting up to `timeoutMs` for it. */
    waitFor(address: string, timeoutMs?: number): Promise<Mail>;
  };
  simulator: {
    /** What the providers were asked since the last reset, added up, and each on its own. */
    calls(): Calls & { by_provider: Record<Provider, Calls> };
    reset(): void;
    /** Every call that asks for nothing else fails this way (grammar: simulators/failures.ts); null ends it. */
    behave(fail: string | null, options?: { forMs?: number; provider?: Provider }): void;
  };
  /** The wire to SQS: cut it, mend it, or let it hang. */
  sqs: Pick<TcpProxy, "stop" | "start" | "hang">;
};

/**
 * Gives a test file an installation of its own: call it once at the top, before anything reads the environment.
 * The database is a fresh copy of the migrated template; queues, bucket, mailbox and provider simulators are new.
 * `process.env` afterwards holds exactly this installation's variables; `overrides` win (an empty string unsets one).
 */
export async function useTestStack(overrides: Record<string, string> = {}): Promise<TestStack> {
  const shared = inject("sharedServices");
  const name = `t-${randomBytes(6).toString("hex")}`;
  const awsEndpoint = `http://127.0.0.1:${shared.awsPort}`;
  const [databaseUrl, queues, sqs, mailbox, started] = await Promise.all([
    createTestDatabase(shared),
    createQueues(awsEndpoint, shared.region, name),
    startTcpProxy(shared.awsPort),
    startMailbox({ smtpPort: 0, port: 0 }),
    Promise.all(providerIds.map((id) => providerStandIns[id].start({ port: 0 }))),
    createBucket(awsEndpoint, name),
  ]);
  const simulators = Object.fromEntries(providerIds.map((id, index) => [id, started[index]])) as Record<
    Provider,
    Simulator
  >;
  afterAll(async () => {
    await Promise.all([sqs.stop(), mailbox.stop(), ...started.map((simulator) => simulator.stop())]);
  });

  const env = {
    NODE_ENV: "test",
    PORT: "0",
    SERVE: "api",
    APP_URL: "http://localhost:3000",
    NEXTAUTH_URL: "http://localhost:3000",
    LOG_LEVEL: "silent",
    JWT_ISSUER: "agathaai-test",
    ...secretsAsEnv(shared.secrets),
    DATABASE_URL: asRuntimeRole(databaseUrl, shared.secrets.databaseAppPassword),
    DATABASE_POOL_MAX: "5",
    AWS_REGION: shared.region,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    SQS_ENDPOINT: `http://127.0.0.1:${sqs.port}`,
    SQS_STANDARD_QUEUE_URL: queues.standard,
    SQS_ENTERPRISE_QUEUE_URL: queues.enterprise,
    SQS_DEAD_LETTER_QUEUE_URL: queues.deadLetter,
    S3_ENDPOINT: awsEndpoint,
    S3_BUCKET: name,
    SMTP_URL: mailbox.smtpUrl,
    ...standInsEnv((id) => simulators[id].url),
    ...overrides,
  };
  replaceEnvironment(env);

  return {
    env,
    databaseUrl,
    mailbox: {
      messagesTo: mailbox.messagesTo,
      waitFor: (to, timeoutMs) => waitForMail(mailbox.messagesTo, to, timeoutMs),
    },
    simulator: {
      calls: () => sumCalls(simulators),
      reset: () => {
        for (const simulator of Object.values(simulators)) simulator.reset();
      },
      behave: (fail, { forMs, provider } = {}) => {
        const affected = provider === undefined ? Object.values(simulators) : [simulators[provider]];
        for (const simulator of affected) simulator.behave(fail, forMs);
      },
    },
    sqs,
  };
}

const PRODUCT_VARIABLE =
  /^(APP_URL|AUDIT_|AWS_|BLIND_|BREACHED_|CELL|CORS_|DATABASE_|DERIVATION_KEY$|GITHUB_CLIENT|GOOGLE_CLIENT|JWT_|KMS_|LOG_LEVEL$|MAIL_|MASTER_KEY|METRICS_|NEXTAUTH_|OTEL_|PORT$|PROVIDER_|REDIS_|S3_|SERVE(R_PROCESSES)?$|SHUTDOWN_|SMTP_|SQS_|STRIPE_|TRUSTED_|WORKER_)/;

function isProductVariable(name: string): boolean {
  return PRODUCT_VARIABLE.test(name) || providerIds.some((id) => name.startsWith(`${id.toUpperCase()}_`));
}

function replaceEnvironment(env: Record<string, string>): void {
  for (const name of Object.keys(process.env)) if (isProductVariable(name)) delete process.env[name];
  Object.assign(process.env, env);
}

async function waitForMail(find: (to: string) => Mail[], to: string, timeoutMs = 20_000): Promise<Mail> {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    const [mail] = find(to);
    if (mail !== undefined) return mail;
    if (Date.now() > deadline) throw new Error(`No mail came to ${to} within ${timeoutMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function sumCalls(simulators: Record<Provider, Simulator>): ReturnType<TestStack["simulator"]["calls"]> {
  const by_provider = byProvider((id) => simulators[id].calls());
  const all = Object.values(by_provider);
  const sum = (field: "total" | "answered" | "in_flight" | "peak_in_flight") =>
    all.reduce((total, calls) => total + calls[field], 0);
  return {
    total: sum("total"),
    answered: sum("answered"),
    in_flight: sum("in_flight"),
    peak_in_flight: sum("peak_in_flight"),
    by_nonce: addUp(all.map((calls) => calls.by_nonce)),
    answered_by_nonce: addUp(all.map((calls) => calls.answered_by_nonce)),
    by_provider,
  };
}

function addUp(counts: Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const count of counts)
    for (const [key, value] of Object.entries(count)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}
