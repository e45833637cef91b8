import { createHash, randomBytes } from "node:crypto";
import Stripe from "stripe";
import type { World } from "../world";
import { Failure, invalid } from "./failure";
import { type Fields, parseForm, texts } from "./form";
import { checkParameters } from "./parameters";
import type { Route } from "./route";
import { routes } from "./routes";

export type ApiRequest = {
  method: string;
  url: URL;
  body: string;
  authorization: string | undefined;
  idempotencyKey: string | undefined;
  /** `Stripe-Version`; the SDK always sends its own. */
  version?: string | undefined;
};
export type ApiAnswer = { status: number; body: string; requestId: string; replayed?: boolean };

const KEY = /^(?:Bearer|Basic) (.+)$/;
const MAX_EXPANSION = 4;
const KEPT_ANSWERS = 1_000;
const MAX_KEY = 255;
const PREVIEW = `${Stripe.API_VERSION.split(".")[0]}.preview`;

/** One API call: checks the caller, repetition and parameters, then executes it. */
export function answerApi(world: World, request: ApiRequest): ApiAnswer {
  const requestId = `req_${randomBytes(7).toString("hex")}`;
  try {
    authenticate(request);
    return { requestId, ...onlyOnce(world, request) };
  } catch (error) {
    const failure =
      error instanceof Failure ? error : new Failure(500, { type: "api_error", message: String(error) });
    return { requestId, status: failure.status, body: JSON.stringify({ error: failure.body }) };
  }
}

function authenticate({ authorization }: ApiRequest): void {
  const [, key = ""] = KEY.exec(authorization ?? "") ?? [];
  if (/^[sr]k_test_\w+$/.test(key)) return;
  throw new Failure(401, {
    type: "invalid_request_error",
    message:
      key === "" ? "You did not provide an API key." : `Invalid API Key provided: ${key.slice(0, 8)}****`,
  });
}

/** The stand-in speaks one version only, and its preview where that has more. */
function checkVersion(route: Route, { version = Stripe.API_VERSION }: ApiRequest): void {
  const spoken = route.preview === true ? PREVIEW : Stripe.API_VERSION;
  if (version === spoken) return;
  throw invalid(`Invalid Stripe API version: ${version}. This stand-in speaks ${spoken}.`);
}

/**
 * A repeated idempotency key gets the stored response, whatever it was, once execution has begun. A call that failed
 * earlier, over its parameters, is not stored. The same key with other parameters is an error.
 */
function onlyOnce(world: World, request: ApiRequest): { status: number; body: string; replayed?: boolean } {
  const { idempotencyKey: key, method, url, body } = request;
  if (key === undefined || method !== "POST") return run(world, prepare(world, request));
  if (key.length > MAX_KEY) throw invalid(`An idempotency key has at most ${MAX_KEY} characters.`);
  const asked = createHash("sha256").update(`${url.pathname}\n${body}`).digest("hex");
  const known = world.state.answers[key];
  if (known !== undefined) {
    if (known.request === asked) return { status: known.status, body: known.body, replayed: true };
    throw new Failure(400, {
      type: "idempotency_error",
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    });
  }
  const prepared = prepare(world, request);
  const answer = begin(world, prepared);
  world.state.answers[key] = { request: asked, ...answer };
  const [oldest] = Object.keys(world.state.answers);
  if (oldest !== undefined && Object.keys(world.state.answers).length > KEPT_ANSWERS) {
    delete world.state.answers[oldest];
  }
  return answer;
}

type Prepared = { route: Route; id: string; input: Fields; expansions: string[] };

/** All checks that come before any effect. */
function prepare(world: World, request: ApiRequest): Prepared {
  const { method, url, body } = request;
  const { route, id } = findRoute(world, method, url.pathname);
  checkVersion(route, request);
  const input = parseForm(method === "POST" ? body : url.search.slice(1));
  checkParameters(route.parameters, input, route.acts ?? []);
  const expansions = texts(input, "expand");
  for (const [index, path] of expansions.entries()) {
    if (path.split(".").length > MAX_EXPANSION) {
      throw invalid(`You cannot expand more than ${MAX_EXPANSION} levels of a property.`, `expand[${index}]`);
    }
  }
  return { route, id, input, expansions };
}

/** The stored response. Refusals are stored too, above all the card's. */
function begin(world: World, prepared: Prepared): { status: number; body: string } {
  try {
    return run(world, prepared);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { status: error.status, body: JSON.stringify({ error: error.body }) };
  }
}

function run(world: World, { route, id, input, expansions }: Prepared): { status: number; body: string } {
  const answer = world.expand(world.render(route.serve({ world, id, input })), expansions);
  return { status: 200, body: JSON.stringify(answer, null, 2) };
}

function findRoute(world: World, method: string, path: string): { route: Route; id: string } {
  for (const route of routes) {
    if (route.method !== method || (route.preview === true && !world.state.redaction_access)) continue;
    const pattern = new RegExp(`^${route.path.replace(":id", "([^/]+)")}$`);
    const match = pattern.exec(path);
    if (match !== null) return { route, id: decodeURIComponent(match[1] ?? "") };
  }
  throw new Failure(404, {
    type: "invalid_request_error",
    message: `Unrecognized request URL (${method}: ${path}).`,
  });
}
