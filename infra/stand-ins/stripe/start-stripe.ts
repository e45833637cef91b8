import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Stripe from "stripe";
import { closeServer, listenOnLoopback, readBody } from "../loopback-server";
import { answerApi } from "./api/api";
import { advanceTo, advanceToRenewal, catchUp } from "./clock";
import { Deliveries } from "./deliver";
import { keepState } from "./keep-state";
import type { State } from "./objects/objects";
import { answerPage } from "./pages/pages";
import { World } from "./world";

const TICK_MS = 5_000;

export type StripeStandIn = {
  url: string;
  port: number;
  state: State;
  world: World;
  deliveries: Deliveries;
  /** The signing secret of the endpoint at this address, which the API shows only once. */
  secretOf(endpointUrl: string): string | undefined;
  /** Moves the clock on by days, to a time, or to the next renewal, and executes what falls due on the way. */
  advance(by: { days: number } | { to: number } | "renewal"): void;
  stop(): Promise<void>;
};

/** A server that speaks the part of Stripe's API that the product uses, with hosted pages and signed webhooks. */
export async function startStripe(options: { port: number; file?: string }): Promise<StripeStandIn> {
  const kept = keepState(options.file);
  const { state } = kept;
  const deliveries = new Deliveries(state, kept.changed);
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(String(error));
    });
  });
  const port = await listenOnLoopback(server, options.port);
  const url = `http://localhost:${port}`;
  const world = new World(state, url, (event) => deliveries.add(event));

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? "/", url);
    const body = (await readBody(request, { maxMegabytes: 1 })).toString();
    const method = request.method ?? "GET";
    if (address.pathname.startsWith("/v1/")) {
      const key = request.headers["idempotency-key"];
      const version = request.headers["stripe-version"];
      const answer = answerApi(world, {
        method,
        url: address,
        body,
        authorization: request.headers.authorization,
        idempotencyKey: typeof key === "string" ? key : undefined,
        version: typeof version === "string" ? version : undefined,
      });
      kept.changed();
      response.writeHead(answer.status, {
        "content-type": "application/json",
        "request-id": answer.requestId,
        "stripe-version": Stripe.API_VERSION,
        ...(answer.replayed === true ? { "idempotent-replayed": "true" } : {}),
      });
      response.end(answer.body);
      return;
    }
    const form = new URLSearchParams(body);
    const answer = answerPage(world, deliveries, { method, path: address.pathname, form });
    kept.changed();
    if ("location" in answer) response.writeHead(303, { location: answer.location }).end();
    else if ("pdf" in answer) {
      response.writeHead(200, { "content-type": "application/pdf" }).end(answer.pdf);
    } else {
      response.writeHead(answer.status, { "content-type": "text/html; charset=utf-8" }).end(answer.html);
    }
  }

  deliveries.resume();
  const ticking = setInterval(() => catchUp(world), TICK_MS).unref();
  return {
    url,
    port,
    state,
    world,
    deliveries,
    secretOf: (endpointUrl) => {
      const endpoint = Object.values(state.endpoints).find((one) => one.url === endpointUrl);
      return endpoint && state.endpoint_secrets[endpoint.id];
    },
    advance: (by) => {
      if (by === "renewal") advanceToRenewal(world);
      else advanceTo(world, "to" in by ? by.to : world.now() + by.days * 86_400);
      kept.changed();
    },
    stop: async () => {
      clearInterval(ticking);
      await deliveries.stop();
      await closeServer(server);
      kept.flush();
    },
  };
}
