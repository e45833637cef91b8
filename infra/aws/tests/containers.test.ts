import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DCLinter } from "dclint";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const folder = new URL("../../docker/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");

const compose = z.object({
  services: z.record(
    z.string(),
    z.object({ ports: z.array(z.string()).optional(), image: z.string().optional() }).loose(),
  ),
});
const { services } = compose.parse(parse(read("box/compose.yaml"), { merge: true }));

it("compose.yaml is valid by Docker's own schema, and breaks no rule about safety", () => {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
  const [result] = linter.lintFiles([fileURLToPath(new URL("box/compose.yaml", folder))], false);
  expect(
    result?.messages.filter(({ type }) => type === "error").map(({ rule, line }) => `${line}: ${rule}`),
  ).toEqual([]);
});

it("one box starts everything that the product needs, and only what ends TLS has a port", () => {
  expect(Object.keys(services).sort()).toEqual(
    [
      "buckets",
      "caddy",
      "grant",
      "migrate",
      "objects",
      "postgres",
      "queues",
      "redis",
      "server",
      "worker",
    ].sort(),
  );
  expect(
    Object.entries(services)
      .filter(([, { ports }]) => ports !== undefined)
      .map(([name]) => name),
  ).toEqual(["caddy"]);
});

it("server, worker and migrate are one image, which writes nowhere, is not root and has no capability", () => {
  for (const name of ["server", "worker", "migrate"])
    expect(services[name], name).toMatchObject({
      command: [name],
      read_only: true,
      tmpfs: ["/tmp"],
      cap_drop: ["ALL"],
      image: services["server"]?.image,
    });
});

it("the schema's owner is known to the container that migrates alone", () => {
  for (const [name, service] of Object.entries(services))
    expect(JSON.stringify(service).includes("MIGRATION_DATABASE_URL"), name).toBe(name === "migrate");
});

const BY_DIGEST = /^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/;
/** By its tag, until somebody with a registry in reach writes its digest (docs/UNPROVEN.md). */
const BY_TAG_YET = ["queues"];

it("every image of others is named by its digest and its tag, and what is not is a version at least, and known", () => {
  const foreign = Object.entries(services).filter(
    ([name]) => !["server", "worker", "migrate"].includes(name),
  );
  const byTag = foreign.filter(([, { image = "" }]) => !BY_DIGEST.test(image));
  expect(byTag.map(([name]) => name)).toEqual(BY_TAG_YET);
  for (const [name, { image }] of byTag) expect(image, name).toMatch(/:[\w.-]*\d/);
});

it("somebody keeps tags, digests and commits moving: Dependabot has each place where one is named", () => {
  const { updates } = z
    .object({ updates: z.array(z.object({ "package-ecosystem": z.string(), directory: z.string() })) })
    .parse(parse(readFileSync(new URL("../../.github/dependabot.yml", folder), "utf8")));
  expect(updates.map((one) => `${one["package-ecosystem"]} ${one.directory}`).sort()).toEqual([
    "docker /infra/docker",
    "docker /infra/docker/collector",
    "docker-compose /infra/docker/box",
    "github-actions /",
    "npm /",
    "npm /infra/aws",
  ]);
});

it("the image runs Node 24 as a user that is not root, on a base without a shell, and says whether it is healthy", () => {
  const dockerfile = read("Dockerfile");
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base = ""]) => base);
  expect(bases.map((base) => base.split("@")[0])).toEqual([
    "node:24-bookworm-slim",
    "gcr.io/distroless/cc-debian12:latest",
  ]);
  for (const base of bases) expect(base).toMatch(BY_DIGEST);
  expect(dockerfile).toMatch(/^USER 10001:10001$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK .*\n.*entry\.mjs", "health"\]$/m);
  expect(dockerfile.lastIndexOf("USER")).toBeGreaterThan(dockerfile.lastIndexOf("FROM"));
});
