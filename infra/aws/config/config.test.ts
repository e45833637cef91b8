import { expect, it } from "vitest";
import { exampleConfig } from "../tests/example-config";
import { ConfigError, parseConfig } from "./config";

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

it("the epochs of a cell are in neither of its regions, so that the loss of one does not take both of its signs", () => {
  const bucket = "epochs-of-euw1";
  for (const region of ["eu-west-1", "eu-central-1"]) {
    expect(problemsOf({ ...good(), epochs: { euw1: { bucket, region } } })).toEqual([
      "epochs.euw1.region: must be neither the cell's home nor its standby's",
    ]);
  }
  expect(problemsOf({ ...good(), epochs: { euw1: { bucket, region: "eu-north-1" } } })).toEqual([]);
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

it("an image without a digest is refused: a tag can change under a running service", () => {
  const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/agathaai:latest";
  expect(problemsOf({ ...good(), image })).toEqual([
    expect.stringMatching(/^image: must name an image of ECR by its digest/),
  ]);
});
