import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { createStorage, type Storage, storage } from "./storage";

let objects: Storage;

beforeAll(async () => {
  await useTestStack();
  objects = storage();
});

afterAll(() => objects.close());

describe("storage", () => {
  it("returns what was stored, bytes and content type", async () => {
    const body = new Uint8Array([0, 1, 2, 255]);
    await objects.put("exports/a b/ü.bin", body, { contentType: "application/x-test" });
    const found = await objects.get("exports/a b/ü.bin");
    expect([...(found?.body ?? [])]).toEqual([0, 1, 2, 255]);
    expect(found?.contentType).toBe("application/x-test");
  });

  it("says undefined for what is not there, and deletes twice without complaint", async () => {
    await objects.put("gone.txt", "text", { contentType: "text/plain" });
    await objects.delete("gone.txt");
    await objects.delete("gone.txt");
    expect(await objects.get("gone.txt")).toBeUndefined();
  });

  it("answers service_unavailable when the store is down", async () => {
    const down = createStorage({ region: "us-east-1", endpoint: "http://127.0.0.1:1", bucket: "none" });
    await expect(down.get("a")).rejects.toMatchObject({ code: "service_unavailable" });
    down.close();
  });
});
