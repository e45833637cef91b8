import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { responseSchemaProblem } from "../../../../../infra/stand-ins/providers/gemini/gemini-schema-rules";
import { checkSchema } from "./check-schema";
import { areExclusive } from "./exclusive";
import type { Json } from "./schema";
import {
  ajv,
  at,
  attempt,
  convert,
  discriminated,
  documents,
  holds,
  plain,
  schemas,
  values,
} from "./testing/schemas";

describe("a response schema for Gemini", () => {
  it("means what was given, in keywords Gemini holds answers to, or is refused by name", () => {
    let kept = 0;
    fc.assert(
      fc.property(documents, fc.array(values, { minLength: 12, maxLength: 12 }), (given, samples) => {
        const arrived = attempt(() => {
          checkSchema(given, at);
          return convert(given);
        });
        if (arrived === undefined) return;
        expect(responseSchemaProblem(arrived, at)).toBeUndefined();
        const [before, after] = [ajv().compile(given), ajv().compile(arrived)];
        kept += 1;
        for (const sample of samples) expect([sample, after(sample)]).toEqual([sample, before(sample)]);
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(kept).toBeGreaterThan(30);
  }, 120_000);

  it("as guidance forbids nothing that was allowed, and says in words what it cannot bind", () => {
    fc.assert(
      fc.property(documents, fc.array(values, { minLength: 8, maxLength: 8 }), (given, samples) => {
        const arrived = attempt(() => {
          checkSchema(given, at);
          return convert(given, false);
        });
        if (arrived === undefined) return;
        expect(responseSchemaProblem(arrived, at)).toBeUndefined();
        const [before, after] = [ajv().compile(given), ajv().compile(arrived)];
        for (const sample of samples)
          if (holds(before, sample)) expect([sample, after(sample)]).toEqual([sample, true]);
      }),
      { numRuns: 150, endOnFailure: true },
    );
  }, 120_000);

  it("takes branches for exclusive only where no value can be of two", () => {
    const branches = fc.record({
      beside: schemas(0),
      oneOf: fc.array(fc.oneof(discriminated, schemas(1)), { minLength: 2, maxLength: 3 }),
      $defs: fc.record({ one: schemas(1), two: schemas(1) }),
    });
    let proven = 0;
    fc.assert(
      fc.property(branches, fc.array(values, { minLength: 12, maxLength: 12 }), (given, samples) => {
        const { oneOf, $defs, ...more } = plain(given);
        const { oneOf: _, ...beside } = more.beside;
        const root: Json = { allOf: [beside, { oneOf }], $defs };
        const valid = attempt(() => checkSchema(root, at) ?? true);
        if (valid === undefined || !areExclusive(oneOf, beside, { root, left: 10_000 })) return;
        proven += 1;
        const one = ajv().compile(root);
        const any = ajv().compile({ allOf: [beside, { anyOf: oneOf }], $defs });
        for (const sample of samples) {
          // `anyOf` ends at the first branch that holds, and so before one without an end that `oneOf` has to follow.
          const [exactly, atLeast] = [holds(one, sample), holds(any, sample)];
          if (exactly !== undefined && atLeast !== undefined)
            expect([sample, exactly]).toEqual([sample, atLeast]);
        }
      }),
      { numRuns: 200, endOnFailure: true },
    );
    expect(proven).toBeGreaterThan(15);
  }, 120_000);

  it("terminates on schemas built to grow without bound", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, n) => [`n${n}`, { $ref: `#/$defs/n${n + 1}` }]),
    );
    const doubling = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [
        `n${n}`,
        {
          allOf: [
            { $ref: `#/$defs/n${n + 1}` },
            { properties: { [`p${n}`]: { allOf: [{ $ref: `#/$defs/n${n + 1}` }, { title: "t" }] } } },
          ],
        },
      ]),
    );
    for (const $defs of [
      { ...chain, n2000: { type: "string" } },
      { ...doubling, n40: { type: "object" } },
    ]) {
      attempt(() => convert({ $ref: "#/$defs/n0", $defs }));
    }
  });
});
