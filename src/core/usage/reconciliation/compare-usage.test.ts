import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ComparedLine, compareUsage, isDrift, type UsageLine } from "./compare-usage";

const line = (amount: number, more: Partial<UsageLine> = {}): UsageLine => ({
  model: "gpt-4o",
  serviceTier: "default",
  class: "output",
  amount: BigInt(amount),
  ...more,
});
const only = (ours: UsageLine[], theirs: UsageLine[]): ComparedLine => {
  const [found, ...others] = compareUsage(ours, theirs);
  if (found === undefined || others.length > 0) throw new Error("not one line");
  return found;
};

describe("the ledger beside the provider's count", () => {
  it("is summed under the public name, whatever the provider calls a model", () => {
    const dated = { model: "gpt-4o-2024-08-06" };
    expect(only([line(600), line(400, dated)], [line(1_000, dated)])).toMatchObject({
      model: "gpt-4o",
      ledger: 1_000n,
      counted: 1_000n,
      drift: 0,
    });
  });

  it("tells tiers apart: what was billed at another than the provider's is two differences", () => {
    const compared = compareUsage([line(100)], [line(100, { serviceTier: "flex" })]);
    expect(compared.map(({ serviceTier, drift }) => [serviceTier, drift])).toEqual([
      ["default", 100],
      ["flex", -1],
    ]);
  });

  it("leaves estimates apart: what the provider counted of those calls is no drift, and what is beyond them is", () => {
    const ours = [line(1_000), line(100, { isEstimate: true })];
    for (const counted of [1_000, 1_001, 1_100, 1_200]) {
      expect(only(ours, [line(counted)])).toMatchObject({ ledger: 1_000n, estimated: 100n, drift: 0 });
    }
    expect(only(ours, [line(1_500)]).drift).toBeCloseTo(-0.2);
    expect(only(ours, [line(800)]).drift).toBeCloseTo(0.25);
  });

  it("does not take a cent of rounded costs for drift, nor a call at midnight", () => {
    const cost = { class: "cost" as const };
    expect(only([line(12_000, cost)], [line(4_000, cost)]).drift).toBe(0);
    expect(isDrift(only([line(12_000, cost)], [line(1_000, cost)]))).toBe(true);
    expect(isDrift(only([line(1_000_999)], [line(1_000_000)]))).toBe(false);
    expect(isDrift(only([line(1_002_000)], [line(1_000_000)]))).toBe(true);
  });

  it("never hides a difference that no estimate can explain, and never makes one up", () => {
    const amount = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(amount, amount, amount, (ledger, estimated, counted) => {
        fc.pre(ledger + estimated + counted > 0);
        const ours = [line(ledger), line(estimated, { isEstimate: true })];
        const { drift } = only(ours, [line(counted)]);
        const explained = counted >= ledger && counted <= ledger + 2 * estimated;
        expect(drift === 0).toBe(explained);
        if (!explained) expect(Math.sign(drift)).toBe(counted < ledger ? 1 : -1);
      }),
    );
  });
});
