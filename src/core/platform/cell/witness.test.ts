import { expect, it } from "vitest";
import { areWitnesses, witness } from "./witness";

const at = (region: string) => witness.parse(`epochs@${region}`);

it("a witness is a bucket and its region, with an address where it is not Amazon's", () => {
  expect(at("us-east-1")).toEqual({ bucket: "epochs", region: "us-east-1", endpoint: undefined });
  expect(witness.parse("epochs@here=https://objects.example.com")).toMatchObject({
    region: "here",
    endpoint: "https://objects.example.com",
  });
  for (const bad of ["epochs", "epochs@", "@us-east-1", "epochs@here=objects", "epochs@here=ftp://objects"])
    expect(witness.safeParse(bad).success, bad).toBe(false);
});

it("witnesses are three or more, an odd number, and no two of them are lost with one region", () => {
  const [a, b, c, d] = ["a1", "b1", "c1", "d1"].map(at);
  const all = (...some: (typeof a)[]) => some.filter((one) => one !== undefined);
  expect(areWitnesses([])).toBe(true);
  expect(areWitnesses(all(a, b, c))).toBe(true);
  for (const bad of [all(a), all(a, b), all(a, b, c, d), all(a, b, b)]) expect(areWitnesses(bad)).toBe(false);
});
