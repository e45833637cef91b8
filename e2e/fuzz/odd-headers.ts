import fc from "fast-check";

export const contentTypes = fc.oneof(
  { weight: 12, arbitrary: fc.constant("application/json") },
  fc.constantFrom(
    "application/json; charset=utf-8",
    "application/json; charset=utf-16",
    "text/plain",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/json, text/plain",
    "x",
    "",
  ),
);

const headerText = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }).map((text) => text.trim()),
  fc.constantFrom(
    "a".repeat(255),
    "a".repeat(256),
    "a".repeat(3_000),
    "é".repeat(10),
    "\u0080\u00ff",
    "\t",
    ",",
  ),
);
export const oddHeaders: fc.Arbitrary<[string, string][]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<[string, string][]>([]) },
  fc.array(
    fc.oneof(
      fc.tuple(fc.constant("idempotency-key"), headerText),
      fc.tuple(
        fc.constant("prefer"),
        fc.oneof(
          headerText,
          fc.constantFrom("wait=1", "wait=0", "wait=61", "wait=-1", "wait=1.5", "respond-async"),
        ),
      ),
      fc.tuple(
        fc.constantFrom(
          "origin",
          "accept",
          "user-agent",
          "content-encoding",
          "x-api-key",
          "cookie",
          "range",
          "if-match",
        ),
        headerText,
      ),
      fc.tuple(fc.constant("traceparent"), headerText),
      fc.tuple(
        fc.constantFrom(
          "x-agatha-cache",
          "x-agatha-fallback",
          "x-agatha-resumable",
          "x-max-cost",
          "last-event-id",
        ),
        fc.oneof(
          headerText,
          fc.constantFrom(
            "on",
            "off",
            "true",
            "false",
            "60",
            "0",
            "-1",
            "1e999",
            "NaN",
            "0.01",
            "9".repeat(30),
          ),
        ),
      ),
      fc.constantFrom<[string, string][]>(
        ["content-encoding", "gzip"],
        ["accept", "text/html"],
        ["accept-encoding", "gzip, br"],
        ["expect", "something"],
        ["x-http-method-override", "DELETE"],
        ["x-request-id", "req_mine"],
        ["authorization", "Basic YTpi"],
        ["authorization", "Bearer"],
      ),
    ),
    { maxLength: 3 },
  ),
);
