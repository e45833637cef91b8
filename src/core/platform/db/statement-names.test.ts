import { describe, expect, it } from "vitest";
import { PLANNED_EACH_TIME, statementNames } from "./statement-names";

const times = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at));

describe("statement names", () => {
  it("names a text that comes again and again, always the same, and no other text so", () => {
    const name = statementNames();
    const first = times(6, () => name({ sql: "SELECT 1" }));
    const second = times(6, () => name({ sql: "SELECT 2" }));
    expect(first.slice(0, 4)).toEqual(times(4, () => ""));
    expect(first[4]).toBe("agatha_1");
    expect(first[5]).toBe(first[4]);
    expect(second[5]).toBe("agatha_2");
  });

  it("never gives out more than 300 names, and keeps those it gave", () => {
    const name = statementNames();
    const last = times(1_000, (at) => times(6, () => name({ sql: `SELECT ${at}` })).at(-1));
    expect(new Set(last.filter((given) => given !== "")).size).toBe(300);
    expect(name({ sql: "SELECT 7" })).toBe(last[7]);
  });

  it("gives no name to a text that is to be planned for its values", () => {
    const name = statementNames();
    const sql = `SELECT ${PLANNED_EACH_TIME} 1`;
    expect(times(20, () => name({ sql }))).toEqual(times(20, () => ""));
  });

  it("gives no name to texts that come once, however many", () => {
    const name = statementNames();
    expect(times(10_000, (at) => name({ sql: `SELECT ${at}` })).every((given) => given === "")).toBe(true);
    expect(times(5, () => name({ sql: "SELECT x" })).at(-1)).toBe("agatha_1");
  });
});
