import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { localKeyService } from "./local-key-service";

const service = localKeyService(randomBytes(32));
const context = { subject_type: "user", subject_id: "1" };

describe("local key service", () => {
  it("unwraps what it wrapped, in the same context however it is ordered", async () => {
    const key = randomBytes(32);
    const { wrapped, kekId } = await service.wrap(key, context);
    expect(Buffer.from(wrapped).includes(key)).toBe(false);
    const reordered = { subject_id: "1", subject_type: "user" };
    expect(Buffer.from(await service.unwrap(wrapped, kekId, reordered))).toEqual(key);
  });

  it("refuses a wrapped key that was moved to another subject", async () => {
    const { wrapped, kekId } = await service.wrap(randomBytes(32), context);
    await expect(service.unwrap(wrapped, kekId, { ...context, subject_id: "2" })).rejects.toMatchObject({
      code: "internal_error",
    });
  });

  it("names the wrong master key instead of calling the data damaged", async () => {
    const { wrapped, kekId } = await service.wrap(randomBytes(32), context);
    const other = localKeyService(randomBytes(32));
    await expect(other.unwrap(wrapped, kekId, context)).rejects.toMatchObject({
      internal: expect.stringMatching(
        /wrapped by local:[0-9a-f]{16}, but the configured MASTER_KEY is local:/,
      ),
    });
  });

  it("refuses a master key of another length", () => {
    expect(() => localKeyService(randomBytes(16))).toThrow("32 bytes");
  });
});
