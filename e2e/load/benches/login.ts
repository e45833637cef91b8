import { openPeople } from "../customers";
import { httpText } from "../load";
import { measure, type Row } from "../measure";
import type { Bench } from "./bench";

const RATE = 10;

/** Signing in through the true route: each person from an address of their own, throttles and all. */
export async function benchLogin({ installation, seconds }: Bench): Promise<Row[]> {
  const people = await openPeople(installation.db, 100);
  const requests = people.map((person, index) =>
    httpText({
      method: "POST",
      path: "/api/v1/auth/login",
      headers: { "x-forwarded-for": `10.${index >> 8}.${index & 255}.7` },
      body: person,
    }),
  );
  return [
    await measure(installation, {
      what: `login at ${RATE}/s`,
      target: "p95 < 50 ms",
      expected: 200,
      requests,
      connections: 20,
      warmupSeconds: 3,
      seconds,
      rate: RATE,
    }),
  ];
}
