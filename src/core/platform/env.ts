import { z } from "zod";
import { isWorldwide, offersBaa, placeIds } from "../../shared/places";
import { type Provider, providerIds, providers, providerVariables } from "../../shared/providers";
import { cellCode, cellSite } from "./cell/cell-table";
import { areWitnesses, witness } from "./cell/witness";
import { innerTargetVariables, transportVariables } from "./network/insecure-transports";

/** An empty string means "not set", as in `.env` files and container definitions. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const base64Key = z.string().refine((text) => Buffer.from(text, "base64").length === 32, {
  message: "must be 32 bytes in base64 (openssl rand -base64 32)",
});
const pem = z
  .string()
  .transform((text) => text.replaceAll("\\n", "\n"))
  .refine((text) => text.includes("-----BEGIN"), { message: "must be a PEM block" });
const integer = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const list = z
  .string()
  .default("")
  .transform((text) => text.split(",").map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ""));

/** As `dns.setServers` takes them: 192.0.2.1, 192.0.2.1:53, [2001:db8::1]:53. */
const isNameServer = (text: string) =>
  /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\])(:\d{1,5})?$|^[0-9a-f:]*:[0-9a-f:]+$/i.test(text);

/** One address, or several of one protocol, separated by commas. */
const isRedis = (text: string) => {
  const nodes = text.split(",");
  const protocol = text.split("//")[0] ?? "";
  return (
    nodes.every((node) => URL.canParse(node) && node.startsWith(`${protocol}//`)) &&
    /^rediss?:$/.test(protocol)
  );
};

type ProviderFields = {
  [Id in Provider as `${Uppercase<Id>}_API_KEY`]: z.ZodType<string | undefined>;
} & {
  [Id in Provider as `${Uppercase<Id>}_BASE_URL`]: z.ZodDefault<z.ZodURL>;
};

/** `<NAME>_API_KEY` and `<NAME>_BASE_URL` of every provider. */
function providerFields(): ProviderFields {
  const fields = providerIds.flatMap((id) => {
    const { apiKey, baseUrl } = providerVariables(id);
    return [
      [apiKey, optional(z.string())],
      [baseUrl, z.url().default(providers[id].baseUrl)],
    ];
  });
  return Object.fromEntries(fields);
}

const envSchema = z
  .object({
    NODE_ENV: z.enum(["development", "test", "production"]).default("production"),
    PORT: integer(3000, 0, 65_535),
    SERVE: z.enum(["all", "api"]).default("all"),
    /** Server processes that share the port; each has its own `DATABASE_POOL_MAX`. */
    SERVER_PROCESSES: integer(1, 1, 64),
    APP_URL: z.url(),
    /** This installation's code where there are several cells; its keys carry it. */
    CELL: optional(cellCode),
    /** All cells: what carries no code belongs to the first. */
    CELLS: list.pipe(z.array(cellSite)),
    /** Buckets of the epochs of a cell with a standby, one in each of three regions: most of them decide who writes. */
    CELL_EPOCH_WITNESSES: list.pipe(z.array(witness)),
    /** In their place one bucket in a third region, beside which a standby is a sign; without a sign processes stop after CELL_EPOCH_TTL_MS. */
    CELL_EPOCH_BUCKET: optional(z.string().min(3)),
    CELL_EPOCH_REGION: optional(z.string().min(1)),
    CELL_EPOCH_ENDPOINT: optional(z.url()),
    CELL_EPOCH_TTL_MS: integer(15_000, 500, 600_000),
    LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
    /** `ecs`: fields of Elastic Common Schema, for Elasticsearch and Kibana. */
    LOG_FORMAT: z.enum(["json", "ecs"]).default("json"),
    CORS_ORIGINS: list,
    TRUSTED_PROXY_HOPS: integer(0, 0, 10),
    SHUTDOWN_GRACE_MS: integer(25_000, 0, 300_000),
    ALLOW_INSECURE: list.pipe(z.array(z.enum([...transportVariables, ...innerTargetVariables]))),

    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    DATABASE_POOL_MAX: integer(10, 1, 500),
    DATABASE_QUERY_TIMEOUT_MS: integer(10_000, 100, 300_000),
    /** Several addresses are nodes of one cluster. */
    REDIS_URL: optional(z.string().refine(isRedis, "must be redis:// or rediss:// addresses of one kind")),
    /** Says of a single address that a cluster is behind it. */
    REDIS_CLUSTER: z.stringbool().default(false),

    AWS_REGION: z.string().min(1).default("us-east-1"),
    SQS_ENDPOINT: optional(z.url()),
    SQS_STANDARD_QUEUE_URL: z.url(),
    SQS_ENTERPRISE_QUEUE_URL: z.url(),
    SQS_DEAD_LETTER_QUEUE_URL: z.url(),
    S3_ENDPOINT: optional(z.url()),
    S3_BUCKET: z.string().min(3),
    AUDIT_S3_BUCKET: optional(z.string().min(3)),

    MASTER_KEY: optional(base64Key),
    /** Earlier master keys, newest first: they only unwrap what a job has not wrapped anew yet. */
    MASTER_KEY_PREVIOUS: list.pipe(z.array(base64Key)),
    KMS_KEY_ID: optional(z.string().min(1)),
    BLIND_INDEX_KEY: base64Key,
    /** Earlier ones, and the next one before its rotation begins: what is looked up is looked up under these too. */
    BLIND_INDEX_KEY_PREVIOUS: list.pipe(z.array(base64Key)),
    /** What everything but blind indexes is derived from: at first what `BLIND_INDEX_KEY` was before its first rotation. */
    DERIVATION_KEY: optional(base64Key),
    /** Earlier ones, and the next one before it is used: what they made is still checked, opened and found. */
    DERIVATION_KEY_PREVIOUS: list.pipe(z.array(base64Key)),

    JWT_PRIVATE_KEY: pem,
    JWT_PREVIOUS_PUBLIC_KEYS: optional(pem),
    JWT_ISSUER: optional(z.string().min(1)),
    JWT_AUDIENCE: z.string().min(1).default("agathaai-api"),
    NEXTAUTH_SECRET: z.string().min(32),
    GOOGLE_CLIENT_ID: optional(z.string()),
    GOOGLE_CLIENT_SECRET: optional(z.string()),
    GITHUB_CLIENT_ID: optional(z.string()),
    GITHUB_CLIENT_SECRET: optional(z.string()),

    /** Have I Been Pwned, or who speaks its range protocol; not set: only our own list of common passwords is asked. */
    BREACHED_PASSWORDS_URL: optional(z.url({ protocol: /^https?$/ })),

    /** Lets company sign-in go to identity providers inside the network, and without TLS: for a machine of one's own, never for production. */
    AGATHA_PRIVATE_IDENTITY_PROVIDERS: z.stringbool().default(false),

    /** The work that signing up takes, as a power of two of hashes; 0: none. 17 is about a second in a browser. */
    SIGN_UP_PROOF_BITS: z.coerce.number().int().min(0).max(24).default(0),

    /** Name servers that are asked for the records of customers' domains, as `address` or `address:port`; not set: those of the machine. */
    AGATHA_DNS_SERVERS: list.pipe(
      z.array(z.string().refine(isNameServer, "must be IP addresses, each with a port or without")),
    ),

    SMTP_URL: z.url({ protocol: /^smtps?$/ }),
    MAIL_FROM: z.string().min(3).default("AgathaAI <no-reply@agathaai.com>"),
    SALES_EMAIL: z.email().default("support@agathaai.com"),

    STRIPE_SECRET_KEY: optional(z.string().regex(/^[sr]k_/, "must be a secret or restricted key of Stripe")),
    STRIPE_WEBHOOK_SECRET: optional(z.string().startsWith("whsec_")),
    /** Whether Stripe Tax calculates tax; it has to be turned on at Stripe as well. */
    STRIPE_AUTOMATIC_TAX: optional(z.stringbool()),
    /** Whether erased customers are redacted at Stripe, invoices and payments included, rather than deleted. */
    STRIPE_REDACTION: optional(z.stringbool()),
    STRIPE_API_BASE: optional(z.url({ protocol: /^https?$/ })),

    ...providerFields(),
    /** Addresses whose operator declares that they process in the EU (`shared/places.ts`), and the keys for them. */
    OPENAI_EU_API_KEY: optional(z.string()),
    OPENAI_EU_BASE_URL: z.url().default("https://eu.api.openai.com/v1"),
    GEMINI_EU_API_KEY: optional(z.string()),
    GEMINI_EU_BASE_URL: optional(z.url()),
    /** Places (`shared/places.ts`) for which this installation has a business associate agreement with the provider. */
    BAA_PLACES: list.pipe(
      z.array(
        z
          .enum(placeIds)
          .refine(offersBaa, "names a place whose provider offers no business associate agreement"),
      ),
    ),
    /** Reads what OpenAI counted for the organization, to compare the ledger with; project keys cannot. */
    OPENAI_ADMIN_KEY: optional(z.string()),
    /** Providers answered by a local stand-in; the portal shows it. */
    PROVIDER_SANDBOX: list.pipe(z.array(z.enum(providerIds))),
    PROVIDER_TIMEOUT_MS: integer(120_000, 100, 280_000),
    /** Of calls that are answered at once: between two pieces of a stream, and all attempts together. */
    PROVIDER_IDLE_TIMEOUT_MS: optional(z.coerce.number().int().min(100).max(600_000)),
    PROVIDER_TOTAL_TIMEOUT_MS: optional(z.coerce.number().int().min(100).max(3_600_000)),
    /** Calls of `/v1` that one server process answers at the same time; each holds memory and connections. */
    OPEN_CALLS_MAX: integer(15_000, 1, 1_000_000),
    /** How calls of a model are spread over its upstream names: `setOperatorRouting` reads it. */
    MODEL_ROUTING: optional(z.string()),

    /** Lets webhooks go to addresses inside the network, and without TLS: for a machine of one's own, never for production. */
    WEBHOOK_PRIVATE_TARGETS: z.stringbool().default(false),

    /** Of one worker process. A backlog is worked off in the order it became due, and customers' calls have the database first. */
    WEBHOOK_SENDS_PER_SECOND: integer(160, 1, 10_000),

    WORKER_CONCURRENCY: integer(32, 1, 1_000),
    WORKER_ENTERPRISE_CONCURRENCY: integer(16, 1, 1_000),
    WORKER_LEASE_MS: integer(60_000, 1_000, 900_000),
    WORKER_RECOVER_INTERVAL_MS: integer(10_000, 100, 3_600_000),
    WORKER_MAX_ATTEMPTS: integer(5, 1, 50),

    METRICS_TOKEN: optional(
      z.string().regex(/^[\x21-\x7e]{16,}$/, "must be 16 or more characters without spaces"),
    ),
    WORKER_METRICS_PORT: optional(z.coerce.number().int().min(0).max(65_535)),
    OTEL_EXPORTER_OTLP_ENDPOINT: optional(z.url({ protocol: /^https?$/ })),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional(z.url({ protocol: /^https?$/ })),
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: optional(z.url({ protocol: /^https?$/ })),
    OTEL_METRIC_EXPORT_INTERVAL: integer(60_000, 100, 3_600_000),
    OTEL_EXPORTER_OTLP_HEADERS: optional(z.string()),
    OTEL_SERVICE_NAME: optional(z.string().min(1).max(255)),
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  })
  .refine((env) => (env.MASTER_KEY === undefined) !== (env.KMS_KEY_ID === undefined), {
    message: "set exactly one of MASTER_KEY (local) and KMS_KEY_ID (AWS KMS)",
    path: ["MASTER_KEY"],
  })
  .refine((env) => env.BLIND_INDEX_KEY_PREVIOUS.length === 0 || env.DERIVATION_KEY !== undefined, {
    message: "must be set with BLIND_INDEX_KEY_PREVIOUS: what BLIND_INDEX_KEY was before its first rotation",
    path: ["DERIVATION_KEY"],
  })
  .refine((env) => env.DERIVATION_KEY_PREVIOUS.length === 0 || env.DERIVATION_KEY !== undefined, {
    message: "must be set with DERIVATION_KEY_PREVIOUS: what is derived from now on",
    path: ["DERIVATION_KEY"],
  })
  .refine(({ CELL, CELLS }) => CELLS.length === 0 || CELLS.some(({ code }) => code === CELL), {
    message: "must list the cell that CELL names",
    path: ["CELLS"],
  })
  .refine((env) => areWitnesses(env.CELL_EPOCH_WITNESSES), {
    message: "must be three or five buckets, each in a region of its own",
    path: ["CELL_EPOCH_WITNESSES"],
  })
  .refine((env) => env.CELL_EPOCH_WITNESSES.length === 0 || env.CELL_EPOCH_BUCKET === undefined, {
    message: "must not be set with CELL_EPOCH_WITNESSES, which take its place",
    path: ["CELL_EPOCH_BUCKET"],
  })
  .refine((env) => env.GEMINI_EU_API_KEY === undefined || env.GEMINI_EU_BASE_URL !== undefined, {
    message: "must be set with GEMINI_EU_API_KEY: Gemini has no usual address in the EU",
    path: ["GEMINI_EU_BASE_URL"],
  })
  .refine((env) => !isWorldwide("openai", env.OPENAI_EU_BASE_URL), {
    message: "is the address of OpenAI that processes anywhere",
    path: ["OPENAI_EU_BASE_URL"],
  })
  .refine((env) => env.GEMINI_EU_BASE_URL === undefined || !isWorldwide("gemini", env.GEMINI_EU_BASE_URL), {
    message: "is the address of Gemini that processes anywhere",
    path: ["GEMINI_EU_BASE_URL"],
  })
  .transform((env) => ({ ...env, JWT_ISSUER: env.JWT_ISSUER ?? env.APP_URL }));

export type Env = z.output<typeof envSchema>;

/** Thrown at start-up. Its message lists every bad variable, one per line, never their values. */
export class EnvError extends Error {
  override name = "EnvError";
}

export function parseEnv(source: Record<string, string | undefined>): Env {
  const parsed = envSchema.safeParse(source);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new EnvError(`The environment is not valid (see .env.example):\n${lines.join("\n")}`);
}

let parsed: Env | undefined;

/** The environment, parsed on first use, so that importing a module needs no configuration. */
export function env(): Env {
  if (parsed === undefined) {
    parsed = parseEnv(process.env);
    // next-auth has no option for its own address: it reads this variable and otherwise assumes http://localhost:3000.
    process.env.NEXTAUTH_URL = parsed.APP_URL;
  }
  return parsed;
}
