import { expect, it } from "vitest";
import { cells, regions } from "../../spec/cells";
import { resourcesOf, synthesized } from "../support/synthesized";

const production = synthesized("production");
const europe = production.stacks.filter(({ name }) => /-eu-(west|central)-\d-/.test(name));
it("nothing that is deployed in the EU names a region outside it", () => {
  expect(europe.length).toBeGreaterThan(8);
  for (const { name, text } of europe)
    expect([...text.matchAll(/us-(east|west)-\d|ap-\w+-\d/g)].map(String), name).toEqual([]);
});

/** The address of the EU's cell, which every cell tells customers who come to the wrong one (ADR 95). */
const ADDRESS = /euw1=https:\/\/euw1\.[\w.-]+\|European Union/g;

it("nothing outside the EU names a region, a bucket or a database of it", () => {
  const rest = production.stacks.filter(
    (stack) => !europe.includes(stack) && !/-(dns|recovery|delivery)$/.test(stack.name),
  );
  for (const { name, text } of rest)
    expect([...text.replaceAll(ADDRESS, "").matchAll(/eu-\w+-\d|euw1/g)].map(String), name).toEqual([]);
});

it("a cell's standby is in the jurisdiction of its home", () => {
  for (const { home, standby } of Object.values(cells))
    expect(regions[standby].jurisdiction).toBe(regions[home].jurisdiction);
});

it("a cell's key is used in its own stacks and in no other cell's", () => {
  const { keys } = production.config;
  for (const { name, text } of production.stacks.filter((stack) => /-(home|standby)-/.test(stack.name))) {
    const own = /-(use1|usw2|euw1)-(home|standby)-/.exec(name)?.[1] ?? "";
    for (const [code, key] of Object.entries(keys)) if (code !== own) expect(text, name).not.toContain(key);
  }
});

it("copies of the EU's objects go to the EU", () => {
  const buckets = resourcesOf(production, "AWS::S3::Bucket", /euw1-home-data$/);
  expect(buckets).toHaveLength(2);
  for (const { Properties } of buckets)
    expect(JSON.stringify(Properties["ReplicationConfiguration"])).toMatch(/arn:aws:kms:eu-central-1:/);
});
