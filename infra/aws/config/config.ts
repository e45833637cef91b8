import { readFileSync } from "node:fs";
import { z } from "zod";
import { setByStacks } from "../parts/compute/environment";
import {
  cells as allCells,
  type Cell,
  regions as knownRegions,
  placementsOf,
  regionsOf,
} from "../spec/cells";
import { type Profile, profiles } from "../spec/profiles";
import { absentFrom, secretVariables } from "./secret-variables";

const account = z.string().regex(/^\d{12}$/, "must be the account's twelve digits");
const arnOf = (service: string) =>
  z.string().regex(new RegExp(`^arn:aws:${service}:[a-z0-9-]+:\\d{12}:.+$`), `must be an ARN of ${service}`);
const imageByDigest = z
  .string()
  .regex(
    /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/[a-z0-9/._-]+@sha256:[0-9a-f]{64}$/,
    "must name an image of ECR by its digest (…@sha256:…), not by a tag",
  );

/** What exists in a region before the stacks: people made it, once, and its names are not secret. */
const regionSchema = z.strictObject({
  /** Certificate of the origin's names, in ACM of this region. */
  certificate: arnOf("acm"),
  /** Secrets Manager: a JSON object with the variables of `secretVariables`. */
  appSecret: arnOf("secretsmanager"),
  /** Secrets Manager: the value of the header by which the balancer knows the edge. */
  edgeSecret: arnOf("secretsmanager"),
  /** AWS's own list of the addresses from which Route 53 checks, by its id in this region. */
  healthCheckPrefixList: z.string().regex(/^pl-[0-9a-f]+$/, "must be the id of a prefix list (pl-…)"),
});

const schema = z.strictObject({
  profile: z.enum(["production", "small", "staging"]),
  account,
  domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "must be a domain name"),
  hostedZoneId: z.string().regex(/^Z[A-Z0-9]+$/, "must be the id of a hosted zone (Z…)"),
  image: imageByDigest,
  /** SHA-256 of the Lambda bundle: its name in the artifacts' bucket of each region. */
  lambdaBundle: z.string().regex(/^[0-9a-f]{64}$/, "must be the SHA-256 of the zipped bundle"),
  /** The key of each cell: `mrk-…`, the same in both of its regions. Printed by `cdk deploy '*-keys'`. */
  keys: z.record(
    z.string(),
    z.string().regex(/^mrk-[0-9a-f]{32}$/, "must be a multi-region key (mrk-…), not an ARN of one region"),
  ),
  regions: z.record(z.string(), regionSchema),
  /** Names in the JSON of each region's `appSecret`, as the command of docs/DEPLOYMENT_GUIDE.md lists them; no values. */
  secretHolds: z.array(z.string(), "must list the names that are in each region's appSecret"),
  /** The witnesses of each cell that has a standby (ADR 104): buckets in its home, its standby's region and a third. */
  epochs: z
    .record(z.string(), z.array(z.strictObject({ bucket: z.string().min(3), region: z.string().min(1) })))
    .prefault({}),
  /** Further variables of the product that are no secret (`.env.example`), such as MAIL_FROM or GEMINI_EU_BASE_URL. */
  variables: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "must be a variable's name"), z.string())
    .prefault({}),
  /** Whether Stripe redacts who is erased, in invoices too (ADR 109): access and consequences are in docs/billing.md. */
  stripeRedaction: z.boolean("must be true or false").default(false),
  onCall: z.strictObject({
    /** HTTPS address of the pager (PagerDuty, Opsgenie). */
    pager: z.url({ protocol: /^https$/ }),
    primary: z.email(),
    secondary: z.email(),
    manager: z.email(),
    director: z.email(),
    vicePresident: z.email(),
  }),
  /** owner/name: whose workflows may deploy. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "must be owner/name of the GitHub repository"),
  /** Numbers of the profile that an installation may change, within bounds. */
  sizes: z
    .strictObject({
      apiMaxTasks: z.int().min(1).max(50).optional(),
      databaseMaxStorageGiB: z.int().min(20).max(65_536).optional(),
      logDays: z.union([z.literal(7), z.literal(30), z.literal(90), z.literal(365)]).optional(),
    })
    .prefault({}),
});

export type RawConfig = z.input<typeof schema>;
export type RegionConfig = z.output<typeof regionSchema>;

export interface Config extends Omit<z.output<typeof schema>, "profile" | "sizes"> {
  profile: Profile;
}

/** Thrown before anything is synthesized; its message is one line a problem, without the secret's values. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** @throws ConfigError naming every bad field at once. */
export function parseConfig(raw: unknown): Config {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw refusal(parsed.error.issues.flatMap(linesOf));
  const { sizes, profile: name, ...rest } = parsed.data;
  const profile = withSizes(profiles[name], sizes);
  const problems = [
    ...missingOf(rest, profile.cells),
    ...absentOf(rest, profile),
    ...misplacedOf(rest, profile.cells),
    ...foreignOf(rest),
    ...takenOf(rest),
    ...sizeProblems(profile),
  ];
  if (problems.length > 0) throw refusal(problems);
  return { ...rest, profile };
}

/** @throws ConfigError where the file cannot be read, is no JSON, or is not valid. */
export function readConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new ConfigError(`The configuration ${file} cannot be read: AGATHA_AWS_CONFIG names another file.`);
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(
      `The configuration ${file} is not JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  return parseConfig(raw);
}

function withSizes(profile: Profile, sizes: z.output<typeof schema>["sizes"]): Profile {
  return {
    ...profile,
    api: { ...profile.api, max: sizes.apiMaxTasks ?? profile.api.max },
    database: {
      ...profile.database,
      maxStorageGiB: sizes.databaseMaxStorageGiB ?? profile.database.maxStorageGiB,
    },
    logDays: sizes.logDays ?? profile.logDays,
  };
}

/** A region without its secrets, a cell without its key, a name with a slip: CloudFormation would tell an hour later. */
function missingOf(config: Pick<Config, "regions" | "keys">, cells: readonly Cell[]): string[] {
  const needed = regionsOf(cells).map(({ name }) => name);
  return [
    ...needed
      .filter((region) => config.regions[region] === undefined)
      .map((region) => lineOf(["regions", region], "is missing: certificate, secrets and prefix list of it")),
    ...placementsOf(cells)
      .filter(({ cell }) => config.keys[cell.code] === undefined)
      .map(({ cell, region }) =>
        lineOf(["keys", cell.code], `is missing: ${region.name} has no key to encrypt with`),
      ),
    ...Object.keys(config.regions)
      .filter((region) => !Object.hasOwn(knownRegions, region))
      .map((region) => lineOf(["regions", region], "is no region of ours")),
    ...Object.keys(config.keys)
      .filter((code) => !(code in allCells))
      .map((code) => lineOf(["keys", code], "is the key of no cell")),
  ];
}

/** Two of three decide who writes, so no two may be lost with one region, and each side has one of its own. */
function misplacedOf({ epochs }: Pick<Config, "epochs">, cells: readonly Cell[]): string[] {
  return cells
    .filter(({ code, home, standby }) => {
      const witnesses = epochs[code];
      const regions = new Set(witnesses?.map(({ region }) => region));
      const isWhole = witnesses?.length === 3 && regions.size === 3;
      return witnesses !== undefined && !(isWhole && regions.has(home) && regions.has(standby ?? home));
    })
    .map(({ code }) =>
      lineOf(["epochs", code], "must be three buckets: in the cell's home, its standby's region and a third"),
    );
}

/** A certificate or secret of another region or account is found when the first task starts, not when it is deployed. */
function foreignOf({ regions, account: own }: Pick<Config, "regions" | "account">): string[] {
  return Object.entries(regions).flatMap(([region, made]) =>
    (["certificate", "appSecret", "edgeSecret"] as const)
      .filter((field) => {
        const [, , , where, whose] = made[field].split(":");
        return where !== region || whose !== own;
      })
      .map((field) => lineOf(["regions", region, field], `must be of ${region} and account ${own}`)),
  );
}

/** ECS starts no task whose secret lacks a name, and says so when the deployment has begun. */
function absentOf({ secretHolds }: Pick<Config, "secretHolds">, { cache }: Profile): string[] {
  return absentFrom(secretHolds, cache !== undefined).map((name) =>
    lineOf(
      ["secretHolds"],
      `lacks ${name}: add it to the appSecret of every region (empty where it is not used), then here, or no task starts`,
    ),
  );
}

/** The stacks would silently override a variable that they set, and a secret one would be readable in the template. */
function takenOf({ variables }: Pick<Config, "variables">): string[] {
  const secret: ReadonlySet<string> = new Set(secretVariables);
  return Object.keys(variables).flatMap((name) => {
    if (setByStacks.has(name))
      return lineOf(["variables", name], "is set by the stacks: what stands here would not hold");
    const isSecret = secret.has(name) || /SECRET|PASSWORD|_KEY|_TOKEN|_HEADERS|DATABASE_URL/.test(name);
    return isSecret
      ? lineOf(
          ["variables", name],
          "must not stand openly: it is a secret, and each region's appSecret holds it",
        )
      : [];
  });
}

function sizeProblems({ api, database }: Profile): string[] {
  return [
    ...(api.max < api.min ? [lineOf(["sizes", "apiMaxTasks"], `must be at least ${api.min}`)] : []),
    ...(database.maxStorageGiB < database.storageGiB * 1.1
      ? [lineOf(["sizes", "databaseMaxStorageGiB"], `must be at least a tenth above ${database.storageGiB}`)]
      : []),
  ];
}

/** A line for each name that nothing knows: one that is ignored would be taken for set. */
function linesOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => lineOf([...issue.path, key], "is no field of the configuration"));
  return [lineOf(issue.path, issue.message)];
}

const lineOf = (path: readonly PropertyKey[], message: string) => `${path.map(String).join(".")}: ${message}`;

function refusal(problems: string[]): ConfigError {
  return new ConfigError(
    `The configuration is not valid.\n${problems.map((line) => `  ${line}`).join("\n")}`,
  );
}
