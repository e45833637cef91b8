import { toPublicId } from "../../../src/core/platform";
import { httpText } from "../load";
import { measure, type Row } from "../measure";
import type { Bench } from "./bench";
import { fillQueue } from "./fill-queue";

const RATE = 500;
const IDS = 2_000;

/** `GET /api/v1/inference/:id` over requests of many organizations. */
export async function benchStatus(bench: Bench): Promise<Row[]> {
  const { installation, customers, seconds, variant } = bench;
  await fillQueue(bench, IDS);
  const keys = new Map(customers.map(({ orgId, key }) => [orgId, key]));
  const ids = await installation.db.inferenceRequest.findMany({
    where: { orgId: { in: [...keys.keys()] } },
    orderBy: { createdAt: "desc" },
    take: IDS,
    select: { id: true, orgId: true },
  });
  return [
    await measure(installation, {
      what: `status at ${RATE}/s${variant}`,
      target: "p95 < 5 ms",
      expected: 200,
      requests: ids.map(({ id, orgId }) =>
        httpText({
          method: "GET",
          path: `/api/v1/inference/${toPublicId("inf", id)}`,
          headers: { authorization: `Bearer ${keys.get(orgId) ?? ""}` },
        }),
      ),
      connections: 128,
      warmupSeconds: 5,
      seconds,
      rate: RATE,
    }),
  ];
}
