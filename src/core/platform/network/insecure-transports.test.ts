import { describe, expect, it } from "vitest";
import { findInsecureTransports } from "./insecure-transports";

const secure = {
  APP_URL: "https://app.example.com",
  DATABASE_URL: "postgresql://a:secret@db.internal/agathaai?sslmode=verify-full",
  REDIS_URL: "rediss://:secret@cache.internal:6379",
  SMTP_URL: "smtps://a:secret@mail.internal",
};
const refused = (addresses: Parameters<typeof findInsecureTransports>[0]) =>
  findInsecureTransports({ ...secure, ...addresses }).map(({ variable }) => variable);

describe("transports", () => {
  it("are accepted when each one encrypts, and when an optional one is not set", () => {
    expect(refused({})).toEqual([]);
    expect(refused({ REDIS_URL: undefined })).toEqual([]);
    expect(refused({ REDIS_URL: "rediss://one.internal:6379,rediss://two.internal:6379" })).toEqual([]);
    expect(refused({ SMTP_URL: "smtp://mail.internal:587?requireTLS=true" })).toEqual([]);
    expect(refused({ DATABASE_URL: "postgresql://a@db/agathaai?sslmode=require" })).toEqual([]);
    expect(refused({ DATABASE_URL: "postgresql://a@db/agathaai?ssl=true" })).toEqual([]);
  });

  it.each([
    ["APP_URL", "http://app.example.com"],
    ["APP_URL", "http://localhost:3000"],
    ["DATABASE_URL", "postgresql://a@db/agathaai"],
    ["DATABASE_URL", "postgresql://a@127.0.0.1/agathaai"],
    ["DATABASE_URL", "postgresql://a@db/agathaai?sslmode=disable"],
    ["DATABASE_URL", "postgresql://a@db/agathaai?sslmode=prefer"],
    ["DATABASE_URL", "postgresql://a@db/agathaai?sslmode=no-verify"],
    ["DATABASE_URL", "postgresql://a@db/agathaai?sslmode=verify-full&sslmode=disable"],
    ["DATABASE_URL", "postgresql://a@db/agathaai?ssl=true&sslmode=disable"],
    ["REDIS_URL", "redis://cache.internal:6379"],
    ["REDIS_URL", "rediss://one.internal:6379,redis://two.internal:6379"],
    ["SMTP_URL", "smtp://mail.internal:587"],
    ["SMTP_URL", "smtp://mail.internal:587?requireTLS=true&tls.rejectUnauthorized=false"],
    ["SMTP_URL", "smtps://mail.internal?secure=false"],
    ["SQS_ENDPOINT", "http://queue.internal"],
    ["S3_ENDPOINT", "http://objects.internal"],
    ["STRIPE_API_BASE", "http://payments.internal"],
    ["OPENAI_BASE_URL", "http://models.internal/v1"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.internal:4318"],
  ])("are refused by name where they may be plaintext: %s=%s", (variable, address) => {
    expect(refused({ [variable]: address })).toEqual([variable]);
  });

  it("are named without their values, which hold passwords", () => {
    const said = JSON.stringify(
      findInsecureTransports({ ...secure, DATABASE_URL: "postgresql://a:hunter2@db/agathaai" }),
    );
    expect(said).toContain("DATABASE_URL");
    expect(said).not.toContain("hunter2");
  });
});
