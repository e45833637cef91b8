import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { insecureProblem } from "../../commands/insecure";
import { ConfigError, parseConfig } from "../config/config";
import { secretVariables } from "../config/secret-variables";
import { exampleConfig } from "./support/example-config";
import { synthesize, synthesized } from "./support/synthesized";
import { variablesOf } from "./support/variables-of";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const KEY = Buffer.alloc(32, 1).toString("base64");
/** What an operator fills in, as the deployment guide says; everything else stays empty. */
const FILLED_IN: Record<string, string> = {
  REDIS_URL: "rediss://:token@cache.example.com:6379",
  BLIND_INDEX_KEY: KEY,
  JWT_PRIVATE_KEY: "-----BEGIN PRIVATE KEY-----",
  NEXTAUTH_SECRET: "n".repeat(32),
  SMTP_URL: "smtps://user:password@smtp.example.com:465",
  MASTER_KEY: KEY,
};
const filled = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, FILLED_IN[name] ?? ""]));
/** As the container looks before it starts: variables that are missing or wrong, and addresses in plaintext. */
function problemOf(env: Record<string, string>): string | undefined {
  try {
    return insecureProblem(env);
  } catch (error) {
    return String(error);
  }
}
/** A name that only a deployed stack has. */
const deployed = (text: string) =>
  text.replace(/^<[^>]+>$/, "https://deployed.example.com").replace(/<[^>]+>|\{"[^}]+\}/g, "deployed");
const known = new Set([...read(".env.example").matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
/** Of the runtime and of the function's own entry. */
const NOT_OURS = ["NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "APP_SECRET_ARN", "APP_SECRET_VARIABLES"];

it.each(["production", "small", "staging"] as const)(
  "each process of %s is given every variable that the product requires in production, and no connection in plaintext",
  (profile) => {
    const all = variablesOf(synthesized(profile)).filter(({ name }) => name !== "migrate");
    for (const { name, stack, open, secrets } of all) {
      const given = Object.fromEntries(Object.entries(open).map(([key, value]) => [key, deployed(value)]));
      const env = { ...given, ...filled(secrets) };
      expect(problemOf(env), `${stack} ${name}`).toBeUndefined();
    }
  },
);

it("what a stack gives is a variable of the product, and none is both open and secret", () => {
  for (const { name, open, secrets } of variablesOf(synthesized("production"))) {
    expect(
      [...Object.keys(open), ...secrets].filter((one) => !known.has(one) && !NOT_OURS.includes(one)),
      name,
    ).toEqual([]);
    expect(
      secrets.filter((one) => one in open),
      name,
    ).toEqual([]);
  }
  expect(secretVariables.filter((name) => !known.has(name))).toEqual([]);
});

it.each(["production", "small", "staging"] as const)(
  "whatever the stacks of %s tell a process is refused among the installation's own variables, each by its name",
  (profile) => {
    const told = variablesOf(synthesized(profile)).flatMap(({ open }) => Object.keys(open));
    const names = [...new Set(told)].sort();
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const raw = { ...exampleConfig(profile), variables: { [name]: "of-the-installation" } };
      expect(() => parseConfig(raw), name).toThrow(ConfigError);
      expect(() => parseConfig(raw), name).toThrow(`variables.${name}: is set by the stacks`);
      expect(() => parseConfig(raw), name).not.toThrow("of-the-installation");
    }
  },
);

it("every process is told whether Stripe redacts who is erased: no, until the configuration says so", () => {
  const saidBy = (from: ReturnType<typeof synthesized>) =>
    variablesOf(from).map(({ open }) => open["STRIPE_REDACTION"]);
  const delivered = saidBy(synthesized("production"));
  expect(delivered.length).toBeGreaterThan(12);
  expect(new Set(delivered)).toEqual(new Set(["false"]));
  expect(new Set(saidBy(synthesize({ ...exampleConfig("staging"), stripeRedaction: true })))).toEqual(
    new Set(["true"]),
  );
});

/** KMS is in place of a local key, the tasks' role in place of credentials and passwords. */
const NOT_ON_AWS = /^(MASTER_KEY|AWS_|KMS_KEY_ID|(MIGRATION_)?DATABASE_URL)/;

it("every variable of the product that is a secret can be given there, and none of them openly", () => {
  const secrets: readonly string[] = secretVariables;
  const secret = [...known].filter((name = "") => /SECRET|PASSWORD|_KEY|_TOKEN|_HEADERS|_URL$/.test(name));
  const openly = /^(APP|NEXTAUTH|SQS_\w+_QUEUE|\w+_BASE|BREACHED_PASSWORDS)_URL$|_LATENCY_MS$/;
  expect(
    secret.filter((name = "") => !secrets.includes(name) && !NOT_ON_AWS.test(name) && !openly.test(name)),
  ).toEqual([]);
});

it("one box gives every variable that the product requires, or its guide says to fill it in", () => {
  const [, guide = ""] = /\*\*One box\.\*\*([\s\S]*?)\n\n/.exec(read("docs/DEPLOYMENT_GUIDE.md")) ?? [];
  const names = [...guide.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name = ""]) => name);
  const { services } = z
    .object({
      services: z.record(
        z.string(),
        z.object({ environment: z.record(z.string(), z.string()).optional() }).loose(),
      ),
    })
    .parse(parse(read("infra/docker/box/compose.yaml"), { merge: true }));
  for (const service of ["server", "worker"]) {
    const set = Object.entries(services[service]?.environment ?? {}).map(([name, value]) => {
      const [, asked] = /\$\{(\w+):\?/.exec(value) ?? [];
      if (asked !== undefined) expect(names, `${name} asks for ${asked}`).toContain(asked);
      return [name, value.replace(/\$\{[^}]+\}/g, "sample")];
    });
    const env: Record<string, string> = { ...filled(names), ...Object.fromEntries(set) };
    expect(problemOf(env), service).toBeUndefined();
  }
});
