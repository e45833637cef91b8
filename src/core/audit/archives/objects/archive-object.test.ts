import { expect, it } from "vitest";
import { pack, unpack } from "./archive-object";

const name = { chainId: "system", partition: "audit_logs_2022w01", part: 1 };
const [before, now] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

it("an object that was written under an earlier derivation key opens, and one of another name or key does not", async () => {
  const object = await pack(name, ["a line", "another"], before);
  expect(await unpack(name, object, [now, before])).toEqual(["a line", "another"]);
  await expect(unpack(name, object, now)).rejects.toMatchObject({ code: "internal_error" });
  await expect(unpack({ ...name, part: 2 }, object, [now, before])).rejects.toMatchObject({
    code: "internal_error",
  });
  expect(await unpack(name, await pack(name, ["new"], [now, before]), now)).toEqual(["new"]);
});
