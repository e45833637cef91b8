import fc from "fast-check";
import { expect, it } from "vitest";
import { Bag } from "./bag";

const member = () => ({ slot: -1 });

it("holds what a set would, whatever comes and goes", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (steps) => {
      const all = Array.from({ length: 10 }, member);
      const bag = new Bag<ReturnType<typeof member>>();
      const set = new Set<ReturnType<typeof member>>();
      for (const [adds, index] of steps) {
        const one = all[index] ?? member();
        if (!adds) expect(bag.delete(one)).toBe(set.delete(one));
        else if (!set.has(one)) {
          bag.add(one);
          set.add(one);
        }
      }
      expect(bag.size).toBe(set.size);
      expect(new Set(bag)).toEqual(set);
    }),
  );
});

it("gives every member one turn, even if they leave during it", () => {
  const bag = new Bag<ReturnType<typeof member>>();
  const all = Array.from({ length: 3 }, member);
  for (const one of all) bag.add(one);
  const seen: unknown[] = [];
  for (const one of bag) {
    seen.push(one);
    bag.delete(one);
  }
  expect(seen).toEqual(all);
  expect(bag.size).toBe(0);
});
