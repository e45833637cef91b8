import type { Mutation } from "../mutation";

const httpTest = "e2e/api/system/http.test.ts";

export const ofApi: readonly Mutation[] = [
  {
    statement: 30,
    protection: "a thing is looked for within the caller's organization",
    // A read without row-level security: behind the second wall, nothing would be found without the condition either.
    file: "src/core/inference/request-row.ts",
    find: "    createdAt: timeOfId(requestId),\n    orgId,\n",
    replace: '    createdAt: timeOfId(requestId),\n    ...(orgId === "" && { orgId }),\n',
    test: {
      file: "e2e/api/tenancy/tenancy.test.ts",
      title: "%s answers as if the thing had never existed, to permitted callers only",
      row: "inference.cancel",
    },
  },
  {
    statement: 30,
    protection: "and behind PostgreSQL's own wall",
    file: "src/core/platform/db/as-organization.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    find: "SELECT set_config('role', ${TENANT}, true), set_config",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    replace: "SELECT ${TENANT}, set_config",
    test: {
      file: "prisma/serving-role/row-level-security.integration.test.ts",
      title: "a query on %s that forgets its filter sees the rows of the caller's organization only",
      row: "public.webhook_endpoints",
    },
  },
  {
    statement: 31,
    protection: "a field that a call does not declare is refused",
    file: "src/core/accounts/schemas.ts",
    find: "updateProfileInputSchema = z.strictObject(",
    replace: "updateProfileInputSchema = z.object(",
    test: {
      file: "src/server/trpc/mass-assignment.test.ts",
      title: "$name refuses every field that it does not declare",
    },
  },
  {
    statement: 32,
    protection: "a call needs the scope that it declares",
    file: "src/server/trpc/middleware/authorize.ts",
    find: "if (access.scope === undefined || principal.scopes.has(access.scope)) return;",
    replace: "if (access.scope === undefined || principal.scopes.size > 0) return;",
    test: {
      file: "src/server/trpc/middleware/authorize.test.ts",
      title: "other procedures need credentials, the scope, and a user where they require one",
    },
  },
  {
    statement: 32,
    protection: "the console is the operators'",
    file: "src/server/trpc/middleware/authorize.ts",
    find: "  if (isOperator(principal)) return;\n",
    replace: '  if (principal.kind === "session") return;\n',
    test: {
      file: "src/server/trpc/middleware/authorize.test.ts",
      title:
        "the operator console opens to operators in the portal, with a confirmed address, and to nobody else",
    },
  },
  {
    statement: 33,
    protection: "a body has an end, declared or not",
    file: "src/server/http/request/read-body.ts",
    find: "if (size > maxBytes) tooLarge = true;",
    replace: "if (size > 100 * maxBytes) tooLarge = true;",
    test: { file: httpTest, title: "413 for the same in chunks, without a declared length" },
  },
  {
    statement: 33,
    protection: "a body is nested only so deep",
    file: "src/server/rest/input/read-json-body.ts",
    find: "    if (deeper === 0) {",
    replace: "    if (deeper === -1_000_000) {",
    test: {
      file: "e2e/api/gateway/heavy-bodies.test.ts",
      title: "nested a hundred thousand times, on its way to %s",
    },
  },
  {
    statement: 33,
    protection: "the parts of a schema are written out so many times at most",
    file: "src/core/inference/request/json-schema/function-parameters.ts",
    find: "const MAX_PARTS = 1_000;",
    replace: "const MAX_PARTS = 1_000_000_000;",
    test: {
      file: "src/core/inference/request/json-schema/large-schemas.test.ts",
      title: "where parts refer to parts, level by level",
    },
  },
  {
    statement: 33,
    protection: "max_tokens has the model's bound",
    file: "src/core/inference/request/check-request.ts",
    find: "request.max_tokens > model.maxOutputTokens) {",
    replace: "request.max_tokens > 100 * model.maxOutputTokens) {",
    test: {
      file: "src/core/inference/request/check-request.test.ts",
      title: "refuses %s",
      row: "more output than the model gives",
    },
  },
  {
    statement: 33,
    protection: "a page has 100 items at most",
    file: "src/core/platform/list/query.ts",
    find: "limit: z.int().min(1).max(100)",
    replace: "limit: z.int().min(1).max(100_000)",
    test: {
      file: "src/core/keys/schemas.test.ts",
      title: "lists are 1 to 100 long, and only the four graces exist",
    },
  },
  {
    statement: 34,
    protection: "a claimed address is nobody's",
    file: "src/server/http/request/client-address.ts",
    find: "  if (trustedProxyHops === 0) return peer;\n",
    replace: "",
    test: {
      file: "src/server/http/request/client-address.test.ts",
      title: "is the peer's when no proxy is trusted, whatever the caller claims",
    },
  },
  {
    statement: 34,
    protection: "and the last trusted proxy's word counts",
    file: "src/server/http/request/client-address.ts",
    find: "hops.at(-trustedProxyHops)",
    replace: "hops.at(0)",
    test: {
      file: "src/server/http/request/client-address.test.ts",
      title: "is what the outermost trusted proxy saw; entries further left are the caller's claims",
    },
  },
  {
    statement: 35,
    protection: "what is served is documented",
    file: "src/server/rest/openapi/openapi.ts",
    find: "  result[embeddingsPath] = { post: describeEmbeddings(errorResponses(modelCallErrors)) };\n",
    replace: "",
    test: {
      file: "e2e/api/system/document.test.ts",
      title: "every live route is documented, and every documented one is live",
    },
  },
  {
    statement: 36,
    protection: "an answer has an end",
    file: "src/worker/engine/transport.ts",
    find: "const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;",
    replace: "const MAX_RESPONSE_BYTES = 1_024 * 1024 * 1024;",
    test: {
      file: "src/worker/engine/providers/over-the-wire.test.ts",
      title: "knows the failure %s",
      row: "huge",
    },
  },
];
