import { expect, test } from "vitest";
import { requestIdIn } from "./request-id-in";

const id = "inf_01m844dwt2etpt2njabpgm4770";

test.each([
  [id, id],
  [`  ${id}\n`, id],
  [`"id":"${id}",`, id],
  [`https://app.example/requests/${id}?x=1`, id],
  [id.toUpperCase(), id],
  [`${id}0`, null],
  [id.slice(0, -1), null],
  ["key_01m844dwt2etpt2njabpgm4770", null],
  ["requests", null],
  ["", null],
])("in %j: %j", (text, found) => {
  expect(requestIdIn(text)).toBe(found);
});
