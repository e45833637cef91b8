import { expect, it } from "vitest";
import { declaredProcedures } from "../testing/declared-procedures";

/** Each has us call an address that the caller chose: counted like any other call, they would flood a stranger for free. */
const elsewhere = [
  "audit.stream.test",
  "companySignIn.set",
  "domains.check",
  "providerKeys.add",
  "providerKeys.rotate",
  "webhooks.redeliver",
  "webhooks.test",
];

it("a call that has us call somebody else's address is counted with the costly ones", () => {
  const costly = declaredProcedures.filter(({ meta }) => meta.rateLimit === "costly").map(({ name }) => name);
  expect(elsewhere.filter((name) => !costly.includes(name))).toEqual([]);
});
