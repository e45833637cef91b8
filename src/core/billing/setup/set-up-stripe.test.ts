import { expect, test } from "vitest";
import { driftOf } from "./set-up-stripe";

test("names what differs at any depth, takes lists as sets, and leaves alone what nobody asked for", () => {
  const wanted = {
    url: "a",
    features: { cancel: { on: true, mode: "end" }, update: { on: false } },
    events: ["x", "y"],
  };
  const same = { ...wanted, events: ["y", "x"], more: 1 };
  expect(driftOf(wanted, same)).toEqual([]);
  expect(
    driftOf(wanted, { url: "a", features: { cancel: { on: true, mode: "now" } }, events: ["x", "y", "z"] }),
  ).toEqual(["features.cancel.mode", "features.update", "events"]);
  // As many, and not the same.
  expect(driftOf(wanted, { ...same, events: ["x", "z"] })).toEqual(["events"]);
});
