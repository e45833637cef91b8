import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "../../commands/build";

const read = (file: string) => readFileSync(join(ROOT, "infra/docker/box", file), "utf8");
const { services } = z
  .object({
    services: z.record(
      z.string(),
      z
        .object({
          command: z.array(z.string()).default([]),
          environment: z.record(z.string(), z.string()).default({}),
          volumes: z.array(z.string()).default([]),
        })
        .loose(),
    ),
  })
  .parse(parse(read("compose.yaml"), { merge: true }));
const product = services["server"]?.environment ?? {};

/** `name { … }` of `queues`: the file is HOCON, of which this reads what stands in it. */
const queues = new Map(
  [
    ...(/^queues \{\n([\s\S]*?)^\}/m.exec(read("elasticmq.conf"))?.[1] ?? "").matchAll(
      /^ {2}([\w-]+) \{(\}|\n[\s\S]*?^ {2}\})/gm,
    ),
  ].map(([, name = "", body = ""]) => [name, body]),
);

it("the queues that the product is told of are those that ElasticMQ makes, each with the dead letters that it is told of", () => {
  const told = ["SQS_STANDARD_QUEUE_URL", "SQS_ENTERPRISE_QUEUE_URL", "SQS_DEAD_LETTER_QUEUE_URL"].map(
    (name) => new URL(product[name] ?? "").pathname.split("/").at(-1),
  );
  expect([...queues.keys()]).toEqual(told);
  const [, , dead] = told;
  for (const [name, body] of queues)
    if (name !== dead)
      expect(body, name).toContain(`deadLettersQueue { name = "${dead}", maxReceiveCount = 5 }`);
  expect(read("elasticmq.conf").split("{").length).toBe(read("elasticmq.conf").split("}").length);
  // Where the product asks, and where its data stays when the box is started anew.
  expect(product["SQS_ENDPOINT"]).toBe("http://queues:9324");
  expect(read("elasticmq.conf")).toContain("/data/");
  expect(services["queues"]?.volumes).toContain("queues:/data");
});

it("the buckets that are made are those that the product is told of, and evidence is locked from its first object on", () => {
  const [script = ""] = services["buckets"]?.command ?? [];
  const made = [...script.matchAll(/mc mb ((?:--[\w-]+ )*)box\/([\w-]+)/g)].map(([, flags = "", name]) => [
    name,
    flags,
  ]);
  expect(made).toEqual([
    [product["S3_BUCKET"], "--ignore-existing "],
    [product["AUDIT_S3_BUCKET"], "--ignore-existing --with-lock "],
  ]);
  // The shell of the container, not Docker Compose, reads what it is given.
  expect(script).not.toMatch(/(?<!\$)\$(?!\$)/);
});
