import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { localKeyService, withPrevious } from "./key-service";
import { kmsKeyService } from "./kms-key-service";
import { KMS_KEY_ARN, type LocalKms, startKms } from "./testing/start-kms";

const keyArn = KMS_KEY_ARN;
let kms: LocalKms;

beforeAll(async () => {
  kms = await startKms();
});

afterAll(() => kms.stop());

beforeEach(() => kms.reset());

const context = { subject_type: "org", subject_id: "7" };
const service = () =>
  kmsKeyService({
    keyId: "alias/agathaai",
    region: "us-east-1",
    endpoint: kms.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

describe("KMS key service", () => {
  it("wraps and unwraps by KMS, and remembers the key's full name behind an alias", async () => {
    const key = randomBytes(32);
    const { wrapped, kekId } = await service().wrap(key, context);
    expect(kekId).toBe(keyArn);
    expect(Buffer.from(await service().unwrap(wrapped, kekId, context))).toEqual(key);
  });

  it("unwraps beside it what an earlier local master key wrapped, and wraps by KMS alone", async () => {
    const key = randomBytes(32);
    const local = localKeyService(randomBytes(32));
    const moving = withPrevious(service(), [local]);
    const old = await local.wrap(key, context);
    expect(Buffer.from(await moving.unwrap(old.wrapped, old.kekId, context))).toEqual(key);
    const made = await moving.wrap(key, context);
    expect(made.kekId).toBe(keyArn);
    expect(Buffer.from(await moving.unwrap(made.wrapped, made.kekId, context))).toEqual(key);
  });

  it("refuses another subject's wrapped key, once and for all", async () => {
    const { wrapped, kekId } = await service().wrap(randomBytes(32), context);
    kms.reset();
    await expect(service().unwrap(wrapped, kekId, { ...context, subject_id: "8" })).rejects.toMatchObject({
      code: "internal_error",
      internal: "KMS refused: InvalidCiphertextException",
    });
    expect(kms.calls()).toBe(1);
  });

  it("retries a throttled call", async () => {
    kms.failNext({ status: 400, type: "ThrottlingException" });
    await expect(service().wrap(randomBytes(32), context)).resolves.toMatchObject({ kekId: keyArn });
  });

  it("answers service_unavailable when KMS fails or denies access", async () => {
    kms.failNext({ status: 400, type: "AccessDeniedException" });
    await expect(service().wrap(randomBytes(32), context)).rejects.toMatchObject({
      code: "service_unavailable",
      internal: "KMS did not answer: AccessDeniedException",
    });
  });

  it("gives up within its bound when KMS hangs", async () => {
    kms.hang();
    const started = performance.now();
    await expect(service().wrap(randomBytes(32), context)).rejects.toMatchObject({
      code: "service_unavailable",
    });
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
