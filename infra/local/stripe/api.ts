import { createHash, randomBytes } from "node:crypto";
import { Failure, invalid } from "./failure";
import { parseForm, texts } from "./form";
import { checkParameters } from "./parameters";
import type { Route } from "./route";
import { routes } from "./routes";
import type { World } from "./world";

export type ApiRequest = {
  method: string;
  url: URL;
  body: string;
  authorization: string | undefined;
  idempotencyKey: string | undefined;
};
export type ApiAnswer = { status: number; body: string; requestId: string };

const KEY = /^(?:Bearer|Basic) (.+)$/;
const MAX_EXPANSION = 4;
const KEPT_ANSWERS = 1_000;

/** One call of the API: who calls, is it a repetition, are all parameters known; then its effect. */
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

/** The same key brings the same answer, refusals by the card included; with other parameters it is an error. */
function onlyOnce(world: World, request: ApiRequest): { status: number; body: string } {
  const { idempotencyKey: key, method, url, body } = request;
  if (key === undefined || method !== "POST") return run(world, request);
  const asked = createHash("sha256").update(`${url.pathname}\n${body}`).digest("hex");
  const known = world.state.answers[key];
  if (known !== undefined) {
    if (known.request === asked) return known;
    throw new Failure(400, {
      type: "idempotency_error",
      message:
        "Keys for idempotent requests can only be used with the same parameters they were first used with.",
    });
  }
  const answer = run(world, request);
  world.state.answers[key] = { request: asked, ...answer };
  const [oldest] = Object.keys(world.state.answers);
  if (oldest !== undefined && Object.keys(world.state.answers).length > KEPT_ANSWERS) {
    delete world.state.answers[oldest];
  }
  return answer;
}

function run(world: World, { method, url, body }: ApiRequest): { status: number; body: string } {
  const { route, id } = findRoute(method, url.pathname);
  const input = parseForm(method === "POST" ? body : url.search);
  checkParameters(route.parameters, input);
  const expansions = texts(input, "expand");
  for (const [index, path] of expansions.entries()) {
    if (path.split(".").length > MAX_EXPANSION) {
      throw invalid(`You cannot expand more than ${MAX_EXPANSION} levels of a property.`, `expand[${index}]`);
    }
  }
  const answer = world.expand(world.render(route.serve({ world, id, input })), expansions);
  return { status: 200, body: JSON.stringify(answer, null, 2) };
}

function findRoute(method: string, path: string): { route: Route; id: string } {
  for (const route of routes) {
    if (route.method !== method) continue;
    const pattern = new RegExp(`^${route.path.replace(":id", "([^/]+)")}$`);
    const match = pattern.exec(path);
    if (match !== null) return { route, id: decodeURIComponent(match[1] ?? "") };
  }
  throw new Failure(404, {
    type: "invalid_request_error",
    message: `Unrecognized request URL (${method}: ${path}).`,
  });
}
