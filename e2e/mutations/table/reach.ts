import type { Mutation } from "../mutation";

const residencyTest = "e2e/api/privacy/residency.test.ts";
const rotationTest = "src/core/privacy/rotation/rotate-data-keys.integration.test.ts";
const reports = "src/server/http/csp";
const reported = (title: string) => ({ file: `${reports}/csp-report.test.ts`, title });

/** Where data may go, how long its keys are used, and who may fill the log. */
export const ofReach: readonly Mutation[] = [
  {
    statement: 42,
    protection: "who has no endpoint in the EU is not asked",
    file: "src/core/models/reach.ts",
    find: "if (residency !== undefined && (place",
    replace: "if (provider.length === 0 && (place",
    test: {
      file: residencyTest,
      title: "is refused %s on every way in before anything leaves, with status, code and field",
    },
  },
  {
    statement: 42,
    protection: "the endpoint in the EU is the one that is called",
    file: "src/shared/places.ts",
    find: "if (region === undefined) return provider;",
    replace: 'if (provider !== "deepseek") return provider;',
    test: {
      file: residencyTest,
      title: "is answered by the endpoint in the EU, and by nobody else, on every way in",
    },
  },
  {
    statement: 44,
    protection: "an address is looked for under the earlier key as well",
    file: "src/core/platform/crypto/blind-index/blind-index.ts",
    find: "return [current, ...earlier].map(",
    replace: "return [current, ...earlier.slice(9)].map(",
    test: {
      file: "src/core/upkeep/index-rotation/rotate-index-key.integration.test.ts",
      title: "is found before, during and after it, and then by no index of the earlier key",
    },
  },
  {
    statement: 46,
    protection: "in HIPAA mode a provider without an agreement is refused by name",
    file: "src/core/models/reach.ts",
    find: "if (hipaa === true && (place",
    replace: "if (hipaa === undefined && (place",
    test: {
      file: "src/core/models/reach.test.ts",
      title: "is refused by name unless an agreement covers it, and only in HIPAA mode",
    },
  },
  {
    statement: 46,
    protection: "and is not called, whoever put the call to it",
    file: "src/worker/engine/live/targets/candidates.ts",
    find: "if (target.hipaa && !isCovered(place)) {",
    replace: "if (target.hipaa && place.length === 0 && !isCovered(place)) {",
    test: {
      file: "src/worker/engine/live/targets/candidates.test.ts",
      title: "of an organization in HIPAA mode is called only where an agreement covers its place",
    },
  },
  {
    statement: 47,
    protection: "an email about an organization in HIPAA mode has no details",
    file: "src/core/accounts/email/email-user.ts",
    find: "(await isInHipaaMode(db, orgId)) ? withoutDetails(email) : email",
    replace: "(await isInHipaaMode(db, orgId)) && orgId === '' ? withoutDetails(email) : email",
    test: {
      file: "src/core/accounts/email/without-details.integration.test.ts",
      title: "says that something happened and where to see it, and nothing else",
    },
  },
  {
    statement: 47,
    protection: "reads of its data are audited",
    file: "src/server/trpc/middleware/audited.ts",
    find: "if (read === undefined || principal?.hipaa !== true) return;",
    replace: 'if (read === undefined || principal?.hipaa !== true || requestId !== "") return;',
    test: {
      file: "e2e/api/privacy/hipaa-reads.test.ts",
      title: "of members, keys, billing, webhooks and exports has one each, made in the portal",
    },
  },
  {
    statement: 48,
    protection: "a data key encrypts for thirty days",
    file: "src/core/privacy/rotation/rotate-data-keys.ts",
    find: "export const ROTATED_AFTER_MS = 30 * DAY;",
    replace: "export const ROTATED_AFTER_MS = 300 * DAY;",
    test: {
      file: rotationTest,
      title:
        "gets a new version after thirty days, which encrypts what is new; what was encrypted before stays readable",
    },
  },
  {
    statement: 48,
    protection: "or 2^24 texts",
    file: "src/core/privacy/rotation/rotate-data-keys.ts",
    find: "      { encryptions: { gte: often } },\n",
    replace: "      { encryptions: { lt: -often } },\n",
    test: { file: rotationTest, title: "gets one after 2^24 encryptions, however young it is" },
  },
  {
    statement: 50,
    protection: "each block of addresses has a share of the reports",
    file: `${reports}/csp-report-budget.ts`,
    find: "const block = addressBlock(ip);",
    replace: 'const block = addressBlock(ip).replace(/.*/, "all");',
    test: reported("is read and told while somebody else floods, with one text or with many"),
  },
  {
    statement: 50,
    protection: "a violation is told once",
    file: `${reports}/csp-report-budget.ts`,
    find: "const isNew = !this.#told.has(violation);",
    replace: "const isNew = violation.length > 0;",
    test: reported(
      "is one line a minute for the same directive and host, whoever sends it, and counted each time",
    ),
  },
  {
    statement: 50,
    protection: "memory has an end",
    file: `${reports}/csp-report-budget.ts`,
    find: "this.#shares.size < MAX_BLOCKS ? block : OTHERS",
    replace: "this.#shares.size < Number.MAX_SAFE_INTEGER ? block : OTHERS",
    test: reported("remembers ten thousand blocks and no more, and gives the rest one share together"),
  },
];
