import { expect, it } from "vitest";
import { type Synthesized, type SynthesizedStack, synthesized } from "../tests/support/synthesized";
import { outlineOf } from "./outline";

const ACCEPT =
  "npm run accept:aws writes it anew; look at the difference: it names each resource and property";

it.each(["production", "small", "staging"] as const)(
  "the stacks of %s are those that were reviewed, to each property of each resource",
  async (profile) => {
    await expect(outlineOf(synthesized(profile)), ACCEPT).toMatchFileSnapshot(`./${profile}.txt`);
  },
);

const small = synthesized("small");
/** The same stacks, where one resource of a type has been changed. */
function changed(type: string, change: (resource: Record<string, unknown>) => void): Synthesized {
  let done = false;
  const stacks = small.stacks.map((stack): SynthesizedStack => {
    const template: { Resources: Record<string, Record<string, unknown>> } = JSON.parse(stack.text);
    const found = Object.values(template.Resources).find((one) => one["Type"] === type);
    if (found === undefined || done) return stack;
    done = true;
    change(found);
    return { ...stack, text: JSON.stringify(template) };
  });
  expect(done, type).toBe(true);
  return { ...small, stacks };
}
/** Lines that are in one outline and not in the other. */
function differing(other: Synthesized): string[] {
  const before = new Set(outlineOf(small).split("\n"));
  return outlineOf(other)
    .split("\n")
    .filter((line) => !before.has(line));
}

it("a changed property, deep or flat, is one line that names its resource and itself", () => {
  const flat = changed("AWS::RDS::DBInstance", ({ Properties }) =>
    Object.assign(Properties as object, { BackupRetentionPeriod: 1 }),
  );
  expect(differing(flat)).toEqual([
    expect.stringMatching(/^ {2}Writer RDS::DBInstance .*BackupRetentionPeriod=1 /),
  ]);
  const deep = changed("AWS::S3::Bucket", ({ Properties }) =>
    Object.assign(Properties as object, { PublicAccessBlockConfiguration: { BlockPublicAcls: false } }),
  );
  expect(differing(deep)).toHaveLength(1);
  const kept = changed("AWS::RDS::DBInstance", (resource) =>
    Object.assign(resource, { DeletionPolicy: "Delete" }),
  );
  expect(differing(kept)).toEqual([expect.stringContaining("@DeletionPolicy=Delete")]);
});

it("another build of the same code changes no line, and neither does the order of keys", () => {
  const built = small.stacks.map((stack) => ({
    ...stack,
    text: JSON.stringify(
      JSON.parse(
        stack.text
          .replaceAll(/\b[0-9a-f]{64}\b/g, "c".repeat(64))
          .replaceAll(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, `$1${"d".repeat(32)}`),
      ),
      (_, part: unknown) =>
        typeof part === "object" && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).reverse())
          : part,
    ),
  }));
  expect(outlineOf({ ...small, stacks: built })).toBe(outlineOf(small));
});
