import { expect, test } from "vitest";
import { pickConfirmedEmail } from "./oauth-providers";

const entry = (email: string, primary: boolean, verified: boolean) => ({ email, primary, verified });

test("GitHub's primary address counts only when GitHub has confirmed it", () => {
  expect(pickConfirmedEmail([entry("b@x.dev", false, true), entry("a@x.dev", true, true)])).toBe("a@x.dev");
  expect(pickConfirmedEmail([entry("a@x.dev", true, false), entry("b@x.dev", false, true)])).toBeNull();
  expect(pickConfirmedEmail([])).toBeNull();
  expect(pickConfirmedEmail({ message: "Bad credentials" })).toBeNull();
});
