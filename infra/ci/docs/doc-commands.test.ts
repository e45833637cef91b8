import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ENTRIES, ROOT } from "../../commands/build";

/** What a person on call, or who sets an installation up, types as it stands there. */
const PAPERS = ["RUNBOOKS", "DEPLOYMENT_GUIDE", "BUSINESS_CONTINUITY", "INCIDENT_RESPONSE"];

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read("package.json")));
const services = Object.keys(
  z
    .object({ services: z.record(z.string(), z.unknown()) })
    .parse(parse(read("infra/docker/box/compose.yaml"))).services,
);
const routes = read("docs/API_REFERENCE.md");
const stacks = ["production", "small", "staging"].flatMap((profile) =>
  [...read(`infra/aws/snapshot/${profile}.txt`).matchAll(/^\w+ [\w-]+: (.+)$/gm)].flatMap(([, names = ""]) =>
    names.split(", "),
  ),
);

/** A command begins with one of these. Statements of SQL are run by infra/monitoring/runbooks.integration.test.ts. */
const PROGRAM =
  /^(?:[A-Z_]+=\S+ )?(npm|npx|node|docker|curl|openssl|aws|for|while|kill|timedatectl|chronyc|pg_restore|pg_rewind|gh|psql|GET|POST|cd)\b/;

/** Lines of shell blocks without their remarks, and code within the text. */
function commandsIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:sh|bash)\n(.*?)^```/gms)].flatMap(([, block = ""]) =>
    block
      .replaceAll("\\\n", " ")
      .split("\n")
      .map((line) => line.replace(/\s+#.*$/, "").trim()),
  );
  const inline = [...text.replaceAll(/^```.*?^```/gms, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) =>
    code.replaceAll(/\s+/g, " ").trim(),
  );
  return [...new Set([...blocks, ...inline])].filter((code) => PROGRAM.test(code));
}

/** What its own program says it takes (`Usage:`). */
const usage: Record<string, RegExp> = {
  operator: /^(?:grant|revoke) \S+@\S+$/,
  cell: /^(?:promote|raise(?: --promoted)?|finish|status)$/,
  migrate: /^(?:deploy|status)$/,
};

/** Why a command of a system program is neither run nor read here. */
const REASONS: [RegExp, string][] = [
  [/^(?:timedatectl|chronyc tracking)$/, "of the host's clock, as its distribution has it"],
  [/^kill -USR1/, "Node.js opens its inspector at this signal, of any process"],
  [
    /^pg_(?:restore|rewind)$/,
    "PostgreSQL's own, named without arguments: the rehearsals restore and rebuild",
  ],
  [/^for .*\baws /, "of AWS: infra/aws/tests/aws-commands.test.ts has AWS's own client read it"],
  [/^aws /, "of AWS: infra/aws/tests/aws-commands.test.ts has AWS's own client read it"],
];

function problemOf(command: string): string | undefined {
  const npm = /^(?:[A-Z_]+=\S+ )?npm (?:run )?([\w:-]+)(?: -- (.+))?$/.exec(command);
  if (npm !== null) {
    const [, name = "", rest] = npm;
    if (name === "ci" || name === "install") return undefined;
    if (!Object.hasOwn(scripts, name)) return `there is no script ${name}`;
    if (name === "rehearse" && rest !== undefined)
      return existsSync(join(ROOT, `e2e/rehearsals/${rest}.test.ts`))
        ? undefined
        : `there is no rehearsal ${rest}`;
    const takes = usage[name];
    if (takes !== undefined)
      return takes.test(rest ?? "") ? undefined : `${name} does not take ${rest ?? "nothing"}`;
    return rest === undefined ? undefined : `nobody knows whether ${name} takes ${rest}`;
  }
  const stack = /^npx aws-cdk (bootstrap|deploy) (.+)$/.exec(command);
  if (stack !== null) {
    const [, verb, what = ""] = stack;
    if (verb === "bootstrap" || what === "--all") return undefined;
    const pattern = what.replaceAll("'", "");
    const matches = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
    return stacks.some((name) => matches.test(name)) ? undefined : `no stack is called ${pattern}`;
  }
  const file = /^(?:npx tsx|node) (\S+)/.exec(command)?.[1];
  if (file !== undefined) {
    const built = /^dist\/(\w+)\.js$/.exec(file)?.[1];
    const there = built === undefined ? existsSync(join(ROOT, file)) : Object.hasOwn(ENTRIES, built);
    return there ? undefined : `there is no ${file}`;
  }
  const path = /(?:https:\/\/…|GET |POST )(\/\S*)/.exec(command)?.[1];
  if (path !== undefined) {
    // A worker has one endpoint, Prometheus its own.
    if (["/metrics", "/api/v1/alerts"].includes(path)) return undefined;
    return routes.includes(`\`${path}\``) || routes.includes(` ${path}`)
      ? undefined
      : `there is no route ${path}`;
  }
  if (command.startsWith("docker build ")) {
    const recipe = / -f (\S+)/.exec(command)?.[1] ?? "Dockerfile";
    return existsSync(join(ROOT, recipe)) ? undefined : `there is no ${recipe}`;
  }
  if (command.startsWith("docker compose ")) {
    const missing = [...command.matchAll(/ -f (\S+)/g)]
      .map(([, one = ""]) => one)
      .filter((one) => !existsSync(join(ROOT, one)));
    if (!command.includes(" -f "))
      missing.push("-f: Docker looks for compose.yaml in this folder, and it is not there");
    const service = / exec (?:-\S+ )*(\w+)/.exec(command)?.[1];
    if (service !== undefined && !services.includes(service)) missing.push(`the service ${service}`);
    return missing.length === 0 ? undefined : `${missing.join(", ")} is missing`;
  }
  if (command.startsWith("openssl "))
    return spawnSync("bash", ["-c", command]).status === 0 ? undefined : "openssl does not take it";
  return REASONS.some(([shape]) => shape.test(command))
    ? undefined
    : "nobody has said why it is neither run nor read";
}

describe.each(PAPERS)("%s", (paper) => {
  const commands = commandsIn(read(`docs/${paper}.md`));

  it("has commands", () => expect(commands.length).toBeGreaterThan(1));

  it.each(commands)("can be followed as it stands: %s", (command) => {
    expect(problemOf(command)).toBeUndefined();
  });
});

it("what each program says it takes is what is looked for here", () => {
  expect(read("infra/commands/operator.ts")).toContain('USAGE = "npm run operator -- grant|revoke <email>"');
  expect(read("infra/commands/cell/index.ts")).toContain(
    'USAGE = "npm run cell -- promote | raise [--promoted] | finish | status"',
  );
  expect(read("prisma/migrate.ts")).toMatch(/deploy[\s\S]*status/);
});

it("a command that is not there is found: a script, an argument, a file, a route, a stack, a service", () => {
  for (const command of [
    "npm run audit:check",
    "npm run operator -- revoke",
    "npm run cell -- demote",
    "npm run migrate -- deploy --force",
    "npm run rehearse -- lose-everything",
    "npx tsx infra/docker/bundle.ts lambda.zip",
    "node dist/serve.js",
    "GET /api/healthy",
    "npx aws-cdk deploy '*-home-kees'",
    "docker compose -f infra/docker/box/compose.yaml exec postgresql psql",
    "docker compose exec postgres psql",
    "openssl rand -base46 32",
    "gh api repos",
  ])
    expect(problemOf(command), command).toBeDefined();
});

it("no reason is left over from a command that is gone", () => {
  const all = PAPERS.flatMap((paper) => commandsIn(read(`docs/${paper}.md`)));
  for (const [shape, because] of REASONS)
    expect(
      all.some((command) => shape.test(command)),
      because,
    ).toBe(true);
});
