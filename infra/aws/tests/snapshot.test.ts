import { expect, it } from "vitest";
import { synthesized } from "./synthesized";

/** How many of each resource a stack has: small enough to be read in a review, and any change of it is seen. */
it.each(["production", "small", "staging"] as const)(
  "the stacks of %s have the resources that were reviewed",
  (profile) => {
    const { stacks } = synthesized(profile);
    const outline = stacks.map(({ name, resources }) => {
      const counts = new Map<string, number>();
      for (const { Type } of Object.values(resources)) {
        const short = Type.replace(/^AWS::/, "");
        counts.set(short, (counts.get(short) ?? 0) + 1);
      }
      const parts = [...counts]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([type, count]) => `${type} × ${count}`);
      return `${name}: ${parts.join(", ")}`;
    });
    expect(outline.sort()).toMatchSnapshot();
  },
);
