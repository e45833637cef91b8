import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { AppError } from "../../platform";
import { createDb } from "../../platform/db/client";
import { Admission, type AdmittedCall, type CallToAdmit } from "../index";
import { amounts } from "./calls";

const stack = await useTestStack();
export const db = createDb({ url: stack.databaseUrl, poolMax: 10 });
export const url = stack.env.DATABASE_URL ?? "";

/** Three instances, each with connections and a row of its own, as three processes have them. */
export const processes = [1, 2, 3].map(() => new Admission(db, { url }));
export const [first] = processes as [Admission, ...Admission[]];
beforeAll(() => Promise.all(processes.map((process) => process.start())));
afterAll(async () => {
  await Promise.all(processes.map((process) => process.close()));
  await db.$disconnect();
});

/** Admits all at once, spread over the processes: what went, and the codes of what was refused. */
export async function admitAll(calls: readonly CallToAdmit[]) {
  const results = await Promise.allSettled(
    calls.map((call, index) => (processes[index % processes.length] ?? first).admit(call)),
  );
  const admitted = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const refused = results.flatMap((result) => (result.status === "rejected" ? [codeOf(result.reason)] : []));
  return { admitted, refused: [...new Set(refused)], refusals: refused.length };
}

export function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : String(error);
}

/** Of the form that keys have, checksum included. */
export function newSecret(): string {
  const body = `agt_live_${randomBytes(16).toString("hex")}`;
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let [rest, checksum] = [crc32(body), ""];
  for (let place = 0; place < 6; place += 1) {
    checksum = digits.charAt(rest % 62) + checksum;
    rest = Math.floor(rest / 62);
  }
  return body + checksum;
}

export const many = (count: number, make: () => CallToAdmit) => Array.from({ length: count }, make);
export const complete = (call: AdmittedCall, tokens: number, micros: number) =>
  call.settle({ status: "completed", amounts: amounts(tokens, 0, micros) });
