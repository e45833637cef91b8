import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setStream, setStreamInputSchema } from "@agathaai/core/audit-streams";
import { reinstate, suspend } from "@agathaai/core/operators";
import { newId, toPublicId, type UserPrincipal } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { createEndpoint, createEndpointInputSchema, emitEvents } from "@agathaai/core/webhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";

await useTestStack({ WEBHOOK_PRIVATE_TARGETS: "true" });
const operatorId = newId();
let receiver: Server;
let address = "";
/** What came, by the path that it came to. */
const got: string[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.resume().on("end", () => {
      got.push(request.url ?? "");
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  await startTestProcesses({ workers: 1 });
}, 120_000);
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await drainAfterResponse();
  await closeDb();
});

const times = (path: string) => got.filter((one) => one === path).length;

/** An organization with a webhook and an audit stream, to paths of their own. */
async function company(name: string) {
  const { claims, orgId } = await makeUser({ verified: true });
  await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
  const principal: UserPrincipal = await principalOf(claims);
  const paths = { hook: `/${name}/hook`, stream: `/${name}/stream` };
  const endpoint = createEndpointInputSchema.parse({ url: address + paths.hook, events: ["key.created"] });
  await createEndpoint(db(), { principal, input: endpoint });
  const stream = setStreamInputSchema.parse({ kind: "webhook", target: address + paths.stream });
  await setStream(db(), { principal, input: stream });
  /** Something happens: an event for the webhook and, with it, an entry for the stream. */
  const happens = () =>
    db().$transaction(async (tx) => {
      await emitEvents(tx, [{ orgId, type: "key.created", data: { id: newId() } }]);
      // The stream has something to send as soon as its cursor is behind the chain.
      await tx.auditStream.update({ where: { orgId }, data: { cursor: { decrement: 1 } } });
    });
  return { orgId, principal, paths, happens };
}

it("a suspended organization's webhooks and audit stream stop at once, and what waited is sent after its reinstatement", async () => {
  const [held, other] = [await company("held"), await company("other")];
  const sent = async ({ paths, happens }: typeof held) => {
    const before = [times(paths.hook), times(paths.stream)];
    await happens();
    await until(() => times(paths.hook) > (before[0] ?? 0) && times(paths.stream) > (before[1] ?? 0));
  };
  await sent(held);
  await sent(other);

  const subject = toPublicId("org", held.orgId);
  await suspend(db(), { operatorId, input: { subject, reason: "Automated sign-ups" } });
  const at = [times(held.paths.hook), times(held.paths.stream)];
  await held.happens();
  // What became due later has come by now, again and again: the worker has looked, and passed over this.
  for (const _ of [1, 2, 3]) await sent(other);
  expect([times(held.paths.hook), times(held.paths.stream)]).toEqual(at);

  await reinstate(db(), { operatorId, input: { subject, reason: "Reviewed" } });
  await until(() => times(held.paths.hook) > (at[0] ?? 0) && times(held.paths.stream) > (at[1] ?? 0));
}, 240_000);
