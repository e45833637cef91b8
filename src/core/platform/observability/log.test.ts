import Stripe from "stripe";
import { expect, test } from "vitest";
import { AppError } from "../errors";
import { createLog } from "./log";

function lineOf(err: unknown): { text: string; err: Record<string, unknown> } {
  let text = "";
  const log = createLog("info", {
    write: (line) => {
      text += line;
    },
  });
  log.error({ err }, "it failed");
  return { text, err: JSON.parse(text).err };
}

test("a payment that Stripe refused is logged without the payer's address, card or client secret", () => {
  const error = Stripe.errors.StripeError.generate({
    type: "card_error",
    code: "card_declined",
    message: "Your card was declined.",
    payment_intent: { client_secret: "pi_1_secret_2", receipt_email: "ada@example.com" },
    payment_method: { billing_details: { email: "ada@example.com", name: "Ada Lovelace" } },
  } as Parameters<typeof Stripe.errors.StripeError.generate>[0]);
  const { text, err } = lineOf(error);
  expect(text).not.toMatch(/ada@example|Lovelace|pi_1_secret/);
  expect(err).toMatchObject({ message: "Your card was declined.", code: "card_declined" });
});

test("a row that the database refused is not in the line of its error, nor in that of its causes", () => {
  const refused = Object.assign(new Error("duplicate key value violates unique constraint"), {
    code: "23505",
    detail: "Key (name)=(Ada Lovelace) already exists.",
  });
  const { text, err } = lineOf(
    new Error("could not be saved", { cause: new Error("tried", { cause: refused }) }),
  );
  expect(text).not.toContain("Lovelace");
  expect(err).toMatchObject({ message: "could not be saved", cause: { cause: { code: "23505" } } });
});

test("what our own errors say to us alone is in the line, with their code", () => {
  const { err } = lineOf(
    new AppError("internal_error", { public: "Something failed.", internal: "no partition" }),
  );
  expect(err).toMatchObject({ type: "AppError", code: "internal_error", internal: "no partition" });
});

test("a chain of causes that leads back into itself ends", () => {
  const error = new Error("round");
  error.cause = error;
  expect(lineOf(error).text).toContain("round");
});

function ecsLine(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog("info", { write: (line) => void lines.push(line) }, "ecs"));
  return lines.join("");
}

test("in ECS form each line has the schema's names, and what has none there stands apart", () => {
  const error = new AppError("internal_error", { public: "Something failed.", internal: "no partition" });
  const fields = { err: error, request_id: "req_1", status: 503, ms: 12.5, queue: "standard" };
  const text = ecsLine((log) => log.warn(fields, "it failed"));
  expect(JSON.parse(text)).toMatchObject({
    "log.level": "warn",
    "ecs.version": expect.stringMatching(/^8\./),
    "@timestamp": expect.stringMatching(/^20.*Z$/),
    message: "it failed",
    "http.request.id": "req_1",
    "http.response.status_code": 503,
    "event.duration": 12_500_000,
    error: { type: "AppError", code: "internal_error", message: "internal_error: no partition" },
    agatha: { queue: "standard" },
  });
});

test("in ECS form an error brings nothing along that the other form leaves out, and secrets are redacted", () => {
  const refused = Object.assign(new Error("refused"), { detail: "Key (name)=(Ada Lovelace)" });
  const fields = { err: refused, password: "hunter22", nested: { token: "t0p" } };
  const text = ecsLine((log) => log.error(fields, "it failed"));
  expect(text).not.toMatch(/Lovelace|hunter22|t0p/);
});
