/**
 * What a simulator can be told to do instead of answering, as the real providers sometimes do. A failure is asked for
 *  - in the last user message: `[[sim:429]]`
 *  - by the header `x-sim-fail: 429`
 *  - by the model's name: `gpt-4o--sim-429`
 *  - for a while and for every call: `POST /__sim/behavior {"fail":"503","for_ms":2000}`
 *
 * Kinds: `400 401 402 403 404 429 500 503`, `timeout` (never answers), `reset` (the connection breaks before the answer),
 * `filter` (the answer is withheld; `filter:1`: the prompt is refused), `garbage` (an answer that is no JSON), `huge` (an
 * answer without end), `slow:MS` (a late answer), `pace:MS` (a stream with so long between two chunks), `nousage` (an answer
 * that does not say what it cost).
 * In mid-answer: `half` (the connection breaks), `cut` (a stream ends as if it were whole), `stall` (nothing more comes),
 * `error` (a stream reports an error of the server). `half:2` etc. happen after so many chunks of a stream instead.
 * `429:7` asks for `retry-after: 7`. `429x2:NONCE` fails the first two calls that carry the nonce, then succeeds.
 * `[[nonce:NAME]]` only names a call, so that it can be counted.
 */
export type Failure = {
  kind: FailureKind;
  amount: number | undefined;
  times: number;
  nonce: string | undefined;
};

const KINDS = [
  "400",
  "401",
  "402",
  "403",
  "404",
  "429",
  "500",
  "503",
  "timeout",
  "reset",
  "half",
  "cut",
  "stall",
  "error",
  "nousage",
  "filter",
  "garbage",
  "huge",
  "slow",
  "pace",
] as const;
export type FailureKind = (typeof KINDS)[number];

const isKind = (text: string): text is FailureKind => (KINDS as readonly string[]).includes(text);

/** Parses `kind[:amount][xTIMES:nonce]`; undefined when the text is something else. */
export function parseFailure(text: string): Failure | undefined {
  const found = /^([a-z]+|\d{3})(?::(\d{1,6}))?(?:x(\d{1,4}):([\w.-]{1,80}))?$/.exec(text.trim());
  const kind = found?.[1];
  if (kind === undefined || !isKind(kind)) return undefined;
  return {
    kind,
    amount: found?.[2] === undefined ? undefined : Number(found[2]),
    times: found?.[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3]),
    nonce: found?.[4],
  };
}

export type Directives = { failures: Failure[]; nonces: string[] };

export function readDirectives(call: {
  prompt: string;
  model: string;
  header: string | undefined;
}): Directives {
  const texts = [
    ...(call.header === undefined ? [] : [call.header]),
    ...[...call.prompt.matchAll(/\[\[sim:([^\]]{1,120})\]\]/g)].map(([, text = ""]) => text),
    ...(/--sim-(.+)$/.exec(call.model)?.slice(1, 2) ?? []),
  ];
  const failures = texts.map(parseFailure).filter((failure) => failure !== undefined);
  const named = [...call.prompt.matchAll(/\[\[nonce:([\w.-]{1,80})\]\]/g)].map(([, nonce = ""]) => nonce);
  const counted = failures.flatMap(({ nonce }) => (nonce === undefined ? [] : [nonce]));
  return { failures, nonces: [...new Set([...named, ...counted])] };
}

/** Upstream model name without the request to fail. */
export const plainModel = (model: string) => model.replace(/--sim-.+$/, "");
