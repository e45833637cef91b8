import { describe, expect, it } from "vitest";
import { singleton } from "./singleton";

describe("singleton", () => {
  it("makes its value once, on first use", () => {
    let made = 0;
    const one = singleton("test: once", () => ({ number: ++made }));
    expect(one.peek()).toBeUndefined();
    expect(one()).toBe(one());
    expect(made).toBe(1);
  });

  it("gives two copies of a module, as two bundles hold them, the same value", () => {
    const first = singleton("test: bundles", () => ({ from: "first" }));
    const second = singleton("test: bundles", () => ({ from: "second" }));
    expect(second().from).toBe("second");
    expect(first()).toBe(second());
  });

  it("makes a new value after it was cleared, in every copy", () => {
    const first = singleton("test: cleared", (from: string) => ({ from }));
    const second = singleton("test: cleared", (from: string) => ({ from }));
    first("before");
    expect(second.clear()).toEqual({ from: "before" });
    expect(first("after")).toEqual({ from: "after" });
  });
});
