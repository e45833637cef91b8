import { beforeAll, describe, expect, it } from "vitest";
import { renderOpenApi } from "./openapi";

interface Media {
  example?: unknown;
}
interface Operation {
  summary?: string;
  description?: string;
  security?: Record<string, unknown>[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description?: string; content?: Record<string, Media> }>;
}

const { paths } = JSON.parse(renderOpenApi("http://localhost:3000")) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    where: `${method.toUpperCase()} ${path}`,
    path,
    operation,
  })),
);

beforeAll(() => expect(operations.length).toBeGreaterThan(20));

const examples = (content: Record<string, Media> = {}) =>
  Object.values(content).map(({ example }) => example);

describe.each(operations)("$where", ({ path, operation }) => {
  it("says what it does, in a line and in full", () => {
    expect(operation.summary).toMatch(/\S{2}/);
    expect(operation.description).toMatch(/\S+ \S+ \S+/);
  });

  it("shows an example of its request, if it takes one, and of each success", () => {
    if (operation.requestBody !== undefined) {
      expect(examples(operation.requestBody.content)).toEqual([expect.anything()]);
    }
    const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
    expect(successes.length).toBeGreaterThan(0);
    for (const [status, { content }] of successes) {
      if (content === undefined) continue;
      expect(examples(content), status).toEqual(Object.keys(content).map(() => expect.anything()));
    }
  });

  it("lists the errors that it can return", () => {
    const statuses = Object.keys(operation.responses);
    expect(statuses).toContain("500");
    if (path.startsWith("/api/v1/")) expect(statuses).toEqual(expect.arrayContaining(["429", "503"]));
    // An empty requirement means that it can be called without credentials.
    const guarded = (operation.security ?? []).length > 0 && path.startsWith("/api/v1/");
    if (guarded) expect(statuses).toEqual(expect.arrayContaining(["401", "403"]));
    for (const status of statuses.filter((status) => status >= "400")) {
      const { description, content } = operation.responses[status] ?? { content: {} };
      if (Object.keys(content ?? {}).includes("application/json") && !path.endsWith("/ready")) {
        expect(description, status).toMatch(/Codes: `/);
        expect(examples(content), status).toEqual([expect.objectContaining({ error: expect.anything() })]);
      }
    }
  });
});
