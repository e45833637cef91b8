import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { localKeyService, withPrevious } from "./key-service";
import { kmsKeyService } from "./kms-key-service";
import { KMS_KEY_ARN, KMS_MULTI_REGION_ID, kmsArn, type LocalKms, startKms } from "./testing/start-kms";

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

  it("unwraps in every region of a multi-region key what any of them wrapped, by its id or by an ARN stored before", async () => {
    const home = await startKms("eu-central-1");
    const regional = (region: string, { endpoint }: LocalKms, keyId: string) =>
      kmsKeyService({ keyId, region, endpoint, credentials: { accessKeyId: "t", secretAccessKey: "t" } });
    try {
      const european = regional("eu-central-1", home, KMS_MULTI_REGION_ID);
      const key = randomBytes(32);
      const { wrapped, kekId } = await european.wrap(key, context);
      expect(kekId).toBe(KMS_MULTI_REGION_ID);
      const before = kmsArn("eu-central-1", KMS_MULTI_REGION_ID);
      for (const keyId of [KMS_MULTI_REGION_ID, kmsArn("us-east-1", KMS_MULTI_REGION_ID), "alias/agathaai"]) {
        const american = regional("us-east-1", kms, keyId);
        for (const stored of [kekId, before])
          expect(Buffer.from(await american.unwrap(wrapped, stored, context))).toEqual(key);
      }
      expect(home.calls()).toBe(1);
    } finally {
      await home.stop();
    }
  });

  it("asks for a key of one region by the full name that was stored", async () => {
    const { wrapped } = await service().wrap(randomBytes(32), context);
    await expect(service().unwrap(wrapped, kmsArn("eu-central-1", "primary"), context)).rejects.toMatchObject(
      { internal: "KMS refused: NotFoundException" },
    );
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
    await expect(service().wrap(randomBytes(32), context)).rejects.toMatchObject({
      code: "service_unavailable",
    });
  });
});
