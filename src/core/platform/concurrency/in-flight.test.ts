import { describe, expect, it } from "vitest";
import { InFlight } from "./in-flight";

describe("work in flight", () => {
  it("is settled only when what began meanwhile is over too", async () => {
    const work = new InFlight();
    const order: string[] = [];
    const step = async (name: string, next?: () => void) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(name);
      next?.();
    };
    work.add(step("first", () => work.add(step("second"))));
    await work.settle();
    expect(order).toEqual(["first", "second"]);
    expect(work.size).toBe(0);
  });
});
