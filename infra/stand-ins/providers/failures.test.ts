import { expect, test } from "vitest";
import { parseFailure, plainModel, readDirectives } from "./failures";
import { Journal } from "./journal";

const read = (prompt: string, model = "gpt-4o", header?: string) => readDirectives({ prompt, model, header });

test("failures are read from prompt, header and model name", () => {
  expect(read("Say hi [[sim:429:7]]").failures).toMatchObject([{ kind: "429", amount: 7 }]);
  expect(read("Say hi", "gpt-4o", "503").failures).toMatchObject([{ kind: "503" }]);
  expect(read("Say hi", "gpt-4o--sim-half").failures).toMatchObject([{ kind: "half" }]);
  expect(plainModel("gpt-4o--sim-half")).toBe("gpt-4o");
});

test("text that only looks like a directive causes no failure", () => {
  for (const text of ["[[sim:teapot]]", "[[sim:]]", "sim:429", "[[sim:429x2]]"]) {
    expect(read(text)).toEqual({ failures: [], nonces: [] });
  }
  expect(parseFailure("999")).toBeUndefined();
});

test("a failure with a count passes once it has failed that often, for its nonce alone", () => {
  const journal = new Journal();
  const call = (nonce: string) => {
    const { due, close } = journal.open(read(`[[sim:429x2:${nonce}]]`));
    close(due.length === 0);
    return due.length;
  };
  expect([call("a"), call("b"), call("a"), call("a"), call("a")]).toEqual([1, 1, 1, 0, 0]);
  expect(journal.calls()).toMatchObject({
    total: 5,
    answered: 2,
    by_nonce: { a: 4, b: 1 },
    answered_by_nonce: { a: 2 },
  });
});

test("a default behavior ends by itself", () => {
  const journal = new Journal();
  journal.behave(parseFailure("500"), 60_000);
  expect(journal.open(read("hi")).due).toMatchObject([{ kind: "500" }]);
  journal.behave(parseFailure("500"), -1);
  expect(journal.open(read("hi")).due).toEqual([]);
});
