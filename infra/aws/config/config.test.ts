import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exampleConfig } from "../tests/support/example-config";
import { ConfigError, parseConfig, readConfig } from "./config";

function problemsOf(raw: unknown): string[] {
  try {
    parseConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}

const good = () => exampleConfig("production");

it.each(["production", "small", "staging"] as const)("the example of %s is accepted", (profile) => {
  expect(problemsOf(exampleConfig(profile))).toEqual([]);
});

it("a number out of range is one line that names it", () => {
  expect(problemsOf({ ...good(), sizes: { apiMaxTasks: 51 } })).toEqual([
    expect.stringMatching(/^sizes\.apiMaxTasks: .*50/),
  ]);
  expect(problemsOf({ ...good(), sizes: { apiMaxTasks: 1 } })).toEqual([
    "sizes.apiMaxTasks: must be at least 2",
  ]);
  expect(problemsOf({ ...good(), sizes: { databaseMaxStorageGiB: 1_030 } })).toHaveLength(1);
});

it("the witnesses of a cell are three, in its home, its standby's region and a third, so that no region takes two of them", () => {
  const at = (...regions: string[]) => ({
    ...good(),
    epochs: { euw1: regions.map((region) => ({ bucket: `epochs-of-${region}`, region })) },
  });
  for (const regions of [
    ["eu-north-1"],
    ["eu-west-1", "eu-central-1"],
    ["eu-west-1", "eu-central-1", "eu-west-1"],
    ["eu-west-1", "eu-north-1", "eu-south-1"],
    ["eu-central-1", "eu-north-1", "eu-south-1"],
    ["eu-west-1", "eu-central-1", "eu-north-1", "eu-south-1"],
  ])
    expect(problemsOf(at(...regions)), regions.join()).toEqual([
      "epochs.euw1: must be three buckets: in the cell's home, its standby's region and a third",
    ]);
  expect(problemsOf(at("eu-west-1", "eu-central-1", "eu-north-1"))).toEqual([]);
});

it("further variables of the product are given, but no secret may stand openly", () => {
  const variables = {
    GEMINI_EU_BASE_URL: "https://gemini.example.com",
    MAIL_FROM: "AgathaAI <mail@example.com>",
  };
  expect(problemsOf({ ...good(), variables })).toEqual([]);
  for (const name of ["NEXTAUTH_SECRET", "OPENAI_ADMIN_KEY", "SMTP_URL", "MASTER_KEY"])
    expect(problemsOf({ ...good(), variables: { [name]: "anything" } })).toEqual([
      `variables.${name}: must not stand openly: it is a secret, and each region's appSecret holds it`,
    ]);
});

it("a variable that the stacks set themselves is one line that names it, and not its value", () => {
  for (const name of [
    "NODE_ENV",
    "CELL",
    "S3_BUCKET",
    "PORT",
    "STRIPE_REDACTION",
    "DATABASE_URL",
    "NODE_OPTIONS",
  ])
    expect(problemsOf({ ...good(), variables: { [name]: "anything" } })).toEqual([
      `variables.${name}: is set by the stacks: what stands here would not hold`,
    ]);
});

it("a region without a key is one line that names both of its regions", () => {
  const { euw1: _, ...keys } = good().keys;
  expect(problemsOf({ ...good(), keys })).toEqual([
    "keys.euw1: is missing: eu-west-1 has no key to encrypt with",
    "keys.euw1: is missing: eu-central-1 has no key to encrypt with",
  ]);
});

it("a key of one region alone is refused: its data could be read nowhere else", () => {
  const keys = { ...good().keys, use1: "arn:aws:kms:us-east-1:123456789012:key/1111" };
  expect(problemsOf({ ...good(), keys })).toEqual([
    expect.stringMatching(/^keys\.use1: must be a multi-region key/),
  ]);
});

it("a region, and a secret of it, that are missing are one line each", () => {
  const { "us-west-2": _, ...regions } = good().regions;
  expect(problemsOf({ ...good(), regions })).toEqual([
    expect.stringMatching(/^regions\.us-west-2: is missing/),
  ]);
  const first = good().regions["us-east-1"];
  const { appSecret: __, ...rest } = first ?? {};
  expect(problemsOf({ ...good(), regions: { ...good().regions, "us-east-1": rest } })).toEqual([
    expect.stringMatching(/^regions\.us-east-1\.appSecret: /),
  ]);
});

it("a secret of another region is refused, without its name being repeated", () => {
  const regions = good().regions;
  const wrong = {
    ...regions,
    "eu-west-1": { ...regions["eu-west-1"], appSecret: regions["us-east-1"]?.appSecret },
  };
  expect(problemsOf({ ...good(), regions: wrong })).toEqual([
    "regions.eu-west-1.appSecret: must be of eu-west-1 and account 123456789012",
  ]);
});

it("a name that the application's secret lacks is one line before synthesis: ECS would start no task", () => {
  const holds = good().secretHolds;
  const without = (...names: string[]) => ({
    ...good(),
    secretHolds: holds.filter((name) => !names.includes(name)),
  });
  for (const name of ["DERIVATION_KEY_PREVIOUS", "BLIND_INDEX_KEY", "REDIS_AUTH_TOKEN"])
    expect(problemsOf(without(name))).toEqual([
      `secretHolds: lacks ${name}: add it to the appSecret of every region (empty where it is not used), then here, or no task starts`,
    ]);
  expect(problemsOf(without("SMTP_URL", "STRIPE_SECRET_KEY"))).toHaveLength(2);
  const { secretHolds: _, ...silent } = good();
  expect(problemsOf(silent)).toEqual([
    "secretHolds: must list the names that are in each region's appSecret",
  ]);
  // Without ElastiCache nobody asks for its token; what the secret holds besides does no harm.
  const small = exampleConfig("small");
  expect(
    problemsOf({
      ...small,
      secretHolds: ["LEFT_OVER", ...holds.filter((name) => name !== "REDIS_AUTH_TOKEN")],
    }),
  ).toEqual([]);
});

it("whether Stripe redacts is a setting of its own, yes or no", () => {
  expect(parseConfig(good()).stripeRedaction).toBe(false);
  expect(parseConfig({ ...good(), stripeRedaction: true }).stripeRedaction).toBe(true);
  expect(problemsOf({ ...good(), stripeRedaction: "yes" })).toEqual([
    "stripeRedaction: must be true or false",
  ]);
});

it("an image without a digest is refused: a tag can change under a running service", () => {
  const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/agathaai:latest";
  expect(problemsOf({ ...good(), image })).toEqual([
    expect.stringMatching(/^image: must name an image of ECR by its digest/),
  ]);
});

it("a name that nothing knows is one line, wherever it is: what is ignored would be taken for set", () => {
  const first = good().regions["us-east-1"];
  expect(
    problemsOf({
      ...good(),
      size: {},
      sizes: { apiMaxTask: 500 },
      onCall: { ...good().onCall, primry: "primary@agathaai.com" },
      regions: { ...good().regions, "us-east-1": { ...first, certficate: "" } },
    }).sort(),
  ).toEqual([
    "onCall.primry: is no field of the configuration",
    "regions.us-east-1.certficate: is no field of the configuration",
    "size: is no field of the configuration",
    "sizes.apiMaxTask: is no field of the configuration",
  ]);
});

it("a region that is none of ours is one line that names it", () => {
  const regions = { ...good().regions, "us-west-3": good().regions["us-west-2"] };
  expect(problemsOf({ ...good(), regions })[0]).toBe("regions.us-west-3: is no region of ours");
});

it("a file that is not there, or is no JSON, is one line that names it", () => {
  const folder = mkdtempSync(join(tmpdir(), "agathaai-config-"));
  const file = join(folder, "config.json");
  const message = () => {
    try {
      readConfig(file);
    } catch (error) {
      if (error instanceof ConfigError) return error.message.replace(file, "FILE");
      throw error;
    }
    return "";
  };
  expect(message()).toBe("The configuration FILE cannot be read: AGATHA_AWS_CONFIG names another file.");
  writeFileSync(file, "{ profile: production }");
  expect(message()).toMatch(/^The configuration FILE is not JSON: [^\n]+$/);
  writeFileSync(file, JSON.stringify(good()));
  expect(message()).toBe("");
  rmSync(folder, { recursive: true });
});
