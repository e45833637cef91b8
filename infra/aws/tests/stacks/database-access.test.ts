import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { resourcesOf, synthesized } from "../support/synthesized";
import { textOf, variablesOf } from "../support/variables-of";

const profiles = ["production", "small", "staging"] as const;
const one = <T extends z.ZodType>(schema: T) =>
  z.union([schema.transform((value) => [value]), z.array(schema)]);
const policy = z.object({
  Roles: z.array(z.unknown()),
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Action: one(z.string()),
        Resource: z.union([z.array(z.unknown()), z.unknown().transform((value) => [value])]),
        Condition: z.unknown().optional(),
      }),
    ),
  }),
});

/** Who may do it, on what, under which condition. */
const allowed = (profile: (typeof profiles)[number], action: string) =>
  resourcesOf(synthesized(profile), "AWS::IAM::Policy", /-(api|worker|migrate)$/).flatMap(
    ({ Properties, stack, region }) => {
      const { Roles, PolicyDocument } = policy.parse(Properties);
      return PolicyDocument.Statement.filter(({ Action }) => Action.includes(action)).map((statement) => ({
        stack,
        region,
        role: JSON.stringify(Roles),
        resources: statement.Resource.map(textOf),
        condition: statement.Condition,
      }));
    },
  );

it.each(profiles)(
  "in %s every process signs in to its own region's database with a token, as the role that serves, and only to the host that the certificate names",
  (profile) => {
    const all = variablesOf(synthesized(profile));
    expect(all.length).toBeGreaterThan(2);
    for (const { name, stack, region, open } of all) {
      const { DATABASE_URL = "" } = open;
      expect(DATABASE_URL, `${stack} ${name}`).toMatch(
        /^postgresql:\/\/agathaai_app@<[\w-]+:ExportsOutputFnGetAtt(Writer|Standby)EndpointAddress\w+>:5432\/agathaai\?sslmode=verify-full&passwordFrom=iam$/,
      );
      expect(DATABASE_URL).toContain(`<${profile}-${region}-`);
    }
  },
);

it.each(profiles)("in %s whoever may sign in may do so to one database, as one user", (profile) => {
  const found = allowed(profile, "rds-db:connect");
  const processes = variablesOf(synthesized(profile)).filter(({ name }) => name !== "migrate");
  expect(found).toHaveLength(processes.length);
  for (const { stack, region, resources } of found) {
    expect(resources, stack).toHaveLength(1);
    expect(resources[0], stack).toMatch(
      /^arn:aws:rds-db:[a-z0-9-]+:\d{12}:dbuser:<[\w-]+:ExportsOutputFnGetAtt(Writer|Standby)DbiResourceId\w+>\/agathaai_app$/,
    );
    expect(resources[0], stack).toContain(`:${region}:`);
  }
});

it.each(profiles)("in %s RDS takes tokens, and no connection without TLS", (profile) => {
  for (const { Properties, id } of resourcesOf(synthesized(profile), "AWS::RDS::DBInstance"))
    expect(Properties["EnableIAMDatabaseAuthentication"], id).toBe(true);
});

it.each(profiles)(
  "in %s the owner's password is read by the task that migrates and by nobody else, from the one secret, by its key on behalf of Secrets Manager",
  (profile) => {
    const migrating = variablesOf(synthesized(profile)).filter(
      ({ open }) => "MIGRATION_DATABASE_URL" in open,
    );
    expect(migrating.map(({ name }) => name)).toEqual(
      synthesized(profile).config.profile.cells.map(() => "migrate"),
    );
    for (const { open, stack, region } of migrating) {
      const [, secret] =
        /^postgresql:\/\/agathaai_owner@<[^>]+>:5432\/agathaai\?sslmode=verify-full&passwordFrom=secretsmanager:(<[^>]+>)$/.exec(
          open["MIGRATION_DATABASE_URL"] ?? "",
        ) ?? [];
      expect(secret, stack).toMatch(/:ExportsOutputRefOwner/);
      // Nobody else could: nothing but the processes reaches the database.
      expect(open["MIGRATION_GRANTS_IAM"], stack).toBe("true");
      const readers = resourcesOf(synthesized(profile), "AWS::IAM::Policy").filter(
        (one) => one.region === region && JSON.stringify(one.Properties).includes(`${secret?.slice(1, -1)}`),
      );
      expect(readers.map((one) => one.stack)).toEqual([stack]);
      expect(
        allowed(profile, "kms:Decrypt").find((one) => one.stack === stack && one.condition),
      ).toMatchObject({
        role: expect.stringContaining("migratetaskrole"),
        condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
      });
    }
  },
);

it("image and function know the authorities of RDS, in the file that they are started with", () => {
  const docker = (file: string) => readFileSync(new URL(`../../../docker/${file}`, import.meta.url), "utf8");
  expect(docker("Dockerfile")).toMatch(/^ {4}NODE_EXTRA_CA_CERTS=\/app\/rds-ca\.pem$/m);
  expect(docker("collect.ts")).toContain('writeFileSync(join(to, "rds-ca.pem"), rdsCertificates())');
  expect(docker("lambda-bundle.ts")).toMatch(/"rds-ca\.pem"\]\)\s+add\(zip/);
  for (const { name, open } of variablesOf(synthesized("production")))
    expect(open["NODE_EXTRA_CA_CERTS"], name).toBe(name === "burst" ? "/var/task/rds-ca.pem" : undefined);
});
